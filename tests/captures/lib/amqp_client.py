#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talks AMQP to RabbitMQ with pika: amqp_client.py worker|reader|stranger|ready ADDRESS"""
import sys

import pika


def connect(address, password="guest"):
    return pika.BlockingConnection(pika.ConnectionParameters(
        address, credentials=pika.PlainCredentials("guest", password), connection_attempts=1))


def ready(address):
    connect(address).close()


def worker(address):
    connection = connect(address)
    channel = connection.channel()
    channel.exchange_declare("orders", "direct")
    channel.queue_declare("new")
    channel.queue_bind("new", "orders", "new")
    for n in range(5):
        channel.basic_publish("orders", "new", b"order %d" % n)
    channel.basic_publish("orders", "new", b"x" * 9000)
    method, _, _ = channel.basic_get("new")
    channel.basic_ack(method.delivery_tag)
    try:
        connection.channel().queue_declare("missing", passive=True)
        sys.exit("a queue that nobody made is there")
    except pika.exceptions.ChannelClosedByBroker:
        pass
    channel.confirm_delivery()
    channel.basic_publish("orders", "new", b"confirmed")
    connection.close()


def reader(address):
    connection = connect(address)
    channel = connection.channel()
    channel.basic_qos(prefetch_count=3)
    left = 6
    for method, _, _ in channel.consume("new"):
        channel.basic_ack(method.delivery_tag)
        left -= 1
        if not left:
            break
    channel.cancel()
    assert channel.basic_get("new")[0] is None
    channel.queue_delete("new")
    connection.close()


def stranger(address):
    try:
        connect(address, "wrong")
        sys.exit("a wrong password was taken")
    except pika.exceptions.ProbableAuthenticationError:
        pass


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
