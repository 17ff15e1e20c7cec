"""What must hold of the events themselves, asked in SQL: nothing is decoded, nobody is believed."""

from mywork.ledger.findings import Check, by_query

POSITIONS = by_query(
    "positions",
    "Positions begin with 1 and have no gap.",
    """
SELECT 'event ' || before + 1,
       CASE position - before - 1 WHEN 1 THEN 'is missing' ELSE 'to ' || position - 1 || ' are missing' END
       || ': event ' || before || ' is followed by event ' || position
  FROM (SELECT notification_id AS position,
               lag(notification_id, 1, 0::bigint) OVER (ORDER BY notification_id) AS before
          FROM eventstore.events) e
 WHERE position <> before + 1 ORDER BY position
""",  # noqa: E501
)

# Of two events whose times disagree, the culprit is the one without which all others agree.
RECORDING_TIMES = by_query(
    "recording_times",
    "The time of recording never decreases along the history.",
    """
WITH events AS (
    SELECT notification_id AS position, recorded_at AS at,
           lag(recorded_at, 2, '-infinity') OVER history AS second_before,
           lag(recorded_at) OVER history AS before,
           lead(recorded_at, 1, 'infinity') OVER history AS after
      FROM eventstore.events WINDOW history AS (ORDER BY notification_id))
SELECT 'event ' || CASE WHEN at >= second_before AND before > after
                        THEN position - 1 ELSE position END,
       'was not recorded when it says: event ' || position - 1 || ' at ' || before
       || ', event ' || position || ' at ' || at
  FROM events WHERE at < before ORDER BY position
""",
    rests_on=("positions",),
)

END_OF_HISTORY = by_query(
    "end_of_history",
    "The history reaches as far as everybody who has read it and everything booked from it.",
    """
WITH known AS (
    SELECT position, 'follower ' || name AS witness FROM eventstore.followers
    UNION ALL
    SELECT ledger.sealed_size(), 'sealed history'
    UNION ALL
    (SELECT position, 'the last entry' FROM ledger.entries ORDER BY position DESC LIMIT 1)),
     head AS (SELECT coalesce(max(notification_id), 0) AS position FROM eventstore.events)
SELECT 'event ' || head.position + 1,
       'is missing: the history ends before it, and these know of more: '
       || string_agg(witness || ' (at ' || known.position || ')', ', ' ORDER BY witness)
  FROM known, head WHERE known.position > head.position GROUP BY head.position
""",
    rests_on=("positions",),
)

STREAMS = by_query(
    "streams",
    "The versions of every stream are 1, 2, 3 and so on, in the order of the history.",
    """
SELECT 'event ' || position,
       CASE WHEN version <> before + 1
            THEN 'is version ' || version || ' of ' || stream || ', after version ' || before
            ELSE 'is version ' || version || ' of ' || stream || ', and stands before version '
                 || before || ', event ' || position_before END
  FROM (SELECT originator_id AS stream, originator_version AS version, notification_id AS position,
               lag(originator_version, 1, 0::bigint) OVER stream AS before,
               lag(notification_id) OVER stream AS position_before
          FROM eventstore.events
        WINDOW stream AS (PARTITION BY originator_id ORDER BY originator_version)) e
 WHERE version <> before + 1 OR position < position_before ORDER BY position
""",
    rests_on=("positions",),
)

HISTORY: tuple[Check, ...] = (POSITIONS, RECORDING_TIMES, END_OF_HISTORY, STREAMS)
