-- The window through which a seller's statement is read, whoever asks for it: the lines of the
-- accounts of one seller (`mywork.user_id` of the transaction), each with its event and, because
-- words need it, the first event of its stream (an order's terms). It runs as the owner, so
-- readers see these lines and nothing else of the book. Amounts are the seller's: what is owed to
-- them is positive, what they owe (`receivable`) negative.
CREATE VIEW seller_lines WITH (security_barrier) AS
SELECT a.currency, split_part(a.code, ':', 3) AS stage, -p.amount_minor AS amount_minor,
       n.effective_at, e.notification_id AS position, e.originator_id AS stream,
       e.originator_version AS version, e.topic AS name, e.state, e.recorded_at,
       f.topic AS first_name, f.state AS first_state
  FROM accounts a
  JOIN postings p ON p.account_id = a.id
  JOIN entries n ON n.position = p.position
  JOIN eventstore.events e ON e.notification_id = p.position
  LEFT JOIN eventstore.events f
         ON f.originator_id = e.originator_id AND f.originator_version = 1
 WHERE a.owner = current_setting('mywork.user_id', true);

GRANT SELECT ON seller_lines TO mywork_reader;
