-- Every guard of our tables as a name and a definition. Owners are left out: their name is the
-- deployment's, and they may do everything anyway.
WITH ours AS (
    SELECT oid, nspname, nspowner, nspacl FROM pg_namespace
     WHERE nspname IN ('eventstore', 'ledger', 'operations')),
relations AS (
    SELECT c.oid, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relpersistence,
           c.reloptions AS options,
           n.nspname || '.' || c.relname AS name
      FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm')),
routines AS (
    SELECT p.oid, p.proowner, p.proacl,
           n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
           AS name
      FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace),
grants AS (
    SELECT 'schema ' || nspname AS object, nspowner AS owner, a.* FROM ours, aclexplode(nspacl) a
    UNION ALL
    SELECT name, relowner, a.* FROM relations, aclexplode(relacl) a
    UNION ALL
    SELECT r.name || '.' || t.attname, r.relowner, a.*
      FROM relations r JOIN pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a
    UNION ALL
    SELECT 'function ' || name, proowner, a.*
      FROM routines, aclexplode(coalesce(proacl, acldefault('f', proowner))) a)
SELECT 'table ' || name,
       CASE WHEN relrowsecurity THEN 'rows guarded' ELSE 'plain' END
       || CASE relpersistence WHEN 'p' THEN '' ELSE ', not kept after a crash' END
  FROM relations WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'view ' || name,
       concat_ws(' ', array_to_string(options, ' '), 'sha256')
       || ' ' || encode(sha256(convert_to(pg_get_viewdef(oid), 'UTF8')), 'hex')
  FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'constraint ' || r.name || ' ' || c.conname, pg_get_constraintdef(c.oid)
  FROM pg_constraint c JOIN relations r ON r.oid = c.conrelid WHERE c.contype <> 'n'
UNION ALL
SELECT 'index ' || r.name || ' ' || c.relname, pg_get_indexdef(i.indexrelid)
       || CASE WHEN i.indisvalid THEN '' ELSE ' (not valid)' END
  FROM pg_index i JOIN relations r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
 WHERE i.indisunique
UNION ALL
SELECT 'trigger ' || r.name || ' ' || t.tgname, pg_get_triggerdef(t.oid)
       || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' (switched off)' END
  FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'references of ' || r.name,
       CASE WHEN bool_and(t.tgenabled = 'O') THEN 'checked' ELSE 'switched off' END
  FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE t.tgisinternal GROUP BY r.name
UNION ALL
SELECT 'policy ' || r.name || ' ' || p.polname,
       concat_ws(' ', p.polcmd::text, (
           SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles
            WHERE oid = ANY (p.polroles)),
           'using ' || pg_get_expr(p.polqual, p.polrelid),
           'check ' || pg_get_expr(p.polwithcheck, p.polrelid))
  FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
UNION ALL
SELECT 'function ' || name,
       'sha256 ' || encode(sha256(convert_to(pg_get_functiondef(oid), 'UTF8')), 'hex')
  FROM routines
UNION ALL
SELECT 'privileges of ' || coalesce(r.rolname, 'everybody') || ' on ' || g.object,
       string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type)
  FROM grants g LEFT JOIN pg_roles r ON r.oid = g.grantee
 WHERE g.grantee <> g.owner GROUP BY r.rolname, g.object
UNION ALL
SELECT 'role ' || rolname,
       concat_ws(', ', CASE WHEN rolsuper THEN 'superuser' ELSE 'no superuser' END,
                 CASE WHEN rolbypassrls THEN 'sees all rows' END,
                 'member of ' || (SELECT string_agg(of.rolname, ', ' ORDER BY of.rolname)
                                    FROM pg_auth_members m JOIN pg_roles of ON of.oid = m.roleid
                                   WHERE m.member = r.oid))
  FROM pg_roles r WHERE rolname IN ('mywork_app', 'mywork_auditor', 'mywork_reader')
UNION ALL
-- With session_replication_role set to replica every trigger sleeps, though none is switched off.
SELECT 'setting for ' || coalesce(d.datname, 'all databases') || ' and '
       || coalesce(r.rolname, 'all roles'), setting
  FROM pg_db_role_setting s
  LEFT JOIN pg_database d ON d.oid = s.setdatabase
  LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS setting
 WHERE (s.setdatabase = 0 OR d.datname = current_database())
   AND setting LIKE 'session_replication_role=%' AND setting <> 'session_replication_role=origin'
