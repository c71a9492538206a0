#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What desk1 asks MariaDB through PyMySQL: mysql_client.py commands|pipelined|wrong_password ADDRESS"""
import os
import struct
import sys
import tempfile

import pymysql
from pymysql.constants import COMMAND

PREPARE, EXECUTE, LONG_DATA, CLOSE, RESET, FETCH, CHANGE_USER, RESET_CONNECTION = 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1c, 0x11, 0x1f


def connect(address, password="secret"):
    return pymysql.connect(host=address, user="app", password=password, database="orders", local_infile=True,
                           autocommit=None)


def packets(connection, count):
    return [connection._read_packet() for _ in range(count)]


def result(connection):
    """Reads a result set up to its end; the number of packets of rows."""
    packet = connection._read_packet()
    if packet.is_ok_packet():
        return 0
    columns = packet.read_length_encoded_integer()
    packets(connection, columns + 1)
    rows = 0
    while not connection._read_packet().is_eof_packet():
        rows += 1
    return rows


def prepare(connection, text):
    connection._execute_command(PREPARE, text)
    packet = connection._read_packet()
    statement, columns, parameters = struct.unpack("<IHH", packet._data[1:9])
    packets(connection, (columns + 1 if columns else 0) + (parameters + 1 if parameters else 0))
    return statement


def execute(connection, statement, value=None, cursor=0):
    body = struct.pack("<IBI", statement, cursor, 1)
    if value is not None:
        body += b"\x00\x01\x08\x00" + struct.pack("<q", value)
    connection._execute_command(EXECUTE, body)


def commands(address):
    c = connect(address)                               # LOGIN
    cursor = c.cursor()
    cursor.execute("select 1")
    cursor.execute("select * from item")               # 400 rows: the sequence number starts again
    cursor.execute("select sleep(0.15)")
    cursor.execute("insert into sale (item, amount) values (3, 4)")
    try:
        cursor.execute("select * from nothing_here")   # an error
    except pymysql.err.ProgrammingError:
        pass
    cursor.execute("select repeat('x', 40000)")
    c.ping(reconnect=False)
    c.select_db("orders")
    with tempfile.NamedTemporaryFile("w", delete=False) as f:
        f.writelines("%d\t%d\n" % (i % 400, i) for i in range(900))
    cursor.execute("load data local infile '%s' into table sale (item, amount)" % f.name)
    os.unlink(f.name)
    statement = prepare(c, "select * from item where id = ?")
    for value in (5, 6, 7):
        execute(c, statement, value)
        assert result(c) == 1
    connection_id = struct.pack("<IH", statement, 0)
    c._execute_command(LONG_DATA, connection_id + b"5")  # is not answered
    c._execute_command(RESET, struct.pack("<I", statement))
    packets(c, 1)
    c._execute_command(CLOSE, struct.pack("<I", statement))  # is not answered
    c._execute_command(COMMAND.COM_STATISTICS, b"")
    packets(c, 1)
    try:
        c._execute_command(PREPARE, "select from where")  # an error
        c._read_packet()
    except pymysql.err.ProgrammingError:
        pass
    c._execute_command(RESET_CONNECTION, b"")
    packets(c, 1)
    c.close()                                          # QUIT


def pipelined(address):
    """MariaDB: PREPARE, EXECUTE of what was just prepared (-1) and a query in one write."""
    c = connect(address)
    for value in (1, 2):
        frame = lambda command, body: struct.pack("<I", len(body) + 1) + bytes([command]) + body
        c._write_bytes(frame(PREPARE, b"select name from item where id = ?") +
                       frame(EXECUTE, struct.pack("<iBI", -1, 0, 1) + b"\x00\x01\x08\x00" + struct.pack("<q", value)) +
                       frame(3, b"select 2"))
        c._next_seq_id = 1
        packet = c._read_packet()
        statement, columns, parameters = struct.unpack("<IHH", packet._data[1:9])
        packets(c, columns + parameters + 2)
        c._next_seq_id = 1
        assert result(c) == 1
        c._next_seq_id = 1
        assert result(c) == 1
        c.ping(reconnect=False)
    c.close()


def wrong_password(address):
    try:
        connect(address, "guess")
    except pymysql.err.OperationalError:
        pass


if __name__ == "__main__":
    {"commands": commands, "pipelined": pipelined, "wrong_password": wrong_password}[sys.argv[1]](sys.argv[2])
