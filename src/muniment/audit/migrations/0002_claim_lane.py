from django.db import migrations

# The lock first, then the head by a statement of its own: in READ COMMITTED it sees what committed before the lock was ours.
CLAIM = """
CREATE FUNCTION audit_claim_lane(space integer, lanes integer, start integer)
RETURNS TABLE (lane integer, sequence bigint, mac bytea) LANGUAGE plpgsql AS $$
DECLARE mine integer;
BEGIN
    FOR step IN 0 .. lanes - 1 LOOP
        mine := (start + step) % lanes;
        EXIT WHEN pg_try_advisory_xact_lock(space, mine);
        mine := NULL;
    END LOOP;
    IF mine IS NULL THEN
        mine := start;
        PERFORM pg_advisory_xact_lock(space, mine);
    END IF;
    lane := mine;
    SELECT event.sequence, event.mac INTO sequence, mac
        FROM audit_event AS event WHERE event.lane = mine ORDER BY event.sequence DESC LIMIT 1;
    RETURN NEXT;
END $$
"""


class Migration(migrations.Migration):
    """Claim a lane of the chain and read its head in one round trip."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(CLAIM, "DROP FUNCTION audit_claim_lane(integer, integer, integer)")]
