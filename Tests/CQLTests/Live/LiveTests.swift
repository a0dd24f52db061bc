import Testing

/// Tests against a real Cassandra, one after another: changes of the schema are slow, and slower when many come at once.
@Suite(.serialized, .enabled(if: LiveCluster.isThere, "MARTLET_CASSANDRA_CONTACT_POINTS names no server"))
enum LiveTests {}
