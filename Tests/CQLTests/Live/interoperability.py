"""The other side of the interoperability test: cassandra-driver writes the row that Martlet reads, and reads the one that
Martlet wrote. Arguments: contact point, keyspace, "write" or "read", authority or "", user, password."""

import datetime
import decimal
import ssl
import sys
import uuid

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from cassandra.util import Date, Duration, Time

point, keyspace, action, authority, user, password = sys.argv[1:7]
host, port = point.rsplit(":", 1)
options = {}
if authority:
    options["ssl_context"] = ssl.create_default_context(cafile=authority)
    options["ssl_options"] = {"server_hostname": host}
if user:
    options["auth_provider"] = PlainTextAuthProvider(user, password)
cluster = Cluster([host], port=int(port), **options)
session = cluster.connect(keyspace)


class Point:
    def __init__(self, x, label, tags):
        self.x, self.label, self.tags = x, label, tags

    def __eq__(self, other):
        return (self.x, self.label, set(self.tags or ())) == (other.x, other.label, set(other.tags or ()))


cluster.register_user_type(keyspace, "point", Point)
VALUES = {
    "c_ascii": "plain", "c_bigint": -(2**63), "c_blob": b"\x00\x01\xfe\xff", "c_boolean": True,
    "c_date": Date(-719162), "c_decimal": decimal.Decimal("-123456789012345678901234567890.125"),
    "c_double": -1.5e300, "c_duration": Duration(14, 3, 5_000_000_001), "c_float": 0.10000000149011612,
    "c_inet4": "192.168.1.2", "c_inet6": "2001:db8::7", "c_int": 2**31 - 1, "c_smallint": -(2**15),
    "c_text": "Grüße 🐦", "c_time": Time(86_399_999_999_999),
    "c_timestamp": datetime.datetime(2023, 11, 14, 22, 13, 20, 123000),
    "c_timeuuid": uuid.UUID("2b5db0f0-7f1a-11e9-8f9e-2a86e4085a59"), "c_tinyint": -128,
    "c_uuid": uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"),
    "c_varint": -170141183460469231731687303715884105729, "c_list": [3, 1, 3], "c_set": {"a", "b"},
    "c_map": {"k": 1, "l": -1}, "c_tuple": (1, None, 0.5), "c_user": Point(1, "here", {"t"}),
    "c_nested": {9: [Point(2, None, None)]}, "c_vector": [1.0, -2.0, 0.25], "c_texts": ["long", ""],
    "c_small": [5, -5], "c_matrix": [[1, 2], [3, 4]],
}
if action == "write":
    names = list(VALUES)
    markers = ", ".join("?" for _ in names)
    insert = session.prepare(f"INSERT INTO types (id, {', '.join(names)}) VALUES (2, {markers})")
    session.execute(insert, [VALUES[name] for name in names])
else:
    row = session.execute("SELECT * FROM types WHERE id = 1").one()
    for name, expected in VALUES.items():
        found = getattr(row, name)
        if isinstance(expected, (list, set, dict)) and name != "c_nested":
            found = type(expected)(found)
        if name == "c_nested":
            found = {key: list(value) for key, value in found.items()}
        if name == "c_matrix":
            found = [list(inner) for inner in found]
        if found != expected:
            sys.exit(f"{name}: {found!r} instead of {expected!r}")
print("done")
cluster.shutdown()
