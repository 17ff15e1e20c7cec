-- The window of a seller's lines tells the accounting period of each, too.
CREATE OR REPLACE VIEW seller_lines WITH (security_barrier) AS
SELECT a.currency, split_part(a.code, ':', 3) AS stage, -p.amount_minor AS amount_minor,
       n.effective_at, e.notification_id AS position, e.originator_id AS stream,
       e.originator_version AS version, e.topic AS name, e.state, e.recorded_at,
       f.topic AS first_name, f.state AS first_state, n.period
  FROM accounts a
  JOIN postings p ON p.account_id = a.id
  JOIN entries n ON n.position = p.position
  JOIN eventstore.events e ON e.notification_id = p.position
  LEFT JOIN eventstore.events f
         ON f.originator_id = e.originator_id AND f.originator_version = 1
 WHERE a.owner = current_setting('mywork.user_id', true);
