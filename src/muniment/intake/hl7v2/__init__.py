"""HL7 v2 (2.1–2.8): ``stream.split`` a file, ``parse.parse`` a message, ``read.read`` it into a submission, ``ack.acknowledge``
it, and ``mllp.serve`` it over TCP. Pure: no database, no Django.
"""
