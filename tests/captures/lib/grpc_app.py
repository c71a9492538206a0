#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A gRPC server and its clients; messages are plain bytes, so nothing has to be generated.

usage: grpc_app.py server|ready|calls|dialogue HOST:PORT
"""
import concurrent.futures
import sys
import time

import grpc


def get(request, context):
    if request == b"slow":
        time.sleep(0.2)
    if request == b"never":
        time.sleep(2)
    if request == b"missing":
        context.abort(grpc.StatusCode.NOT_FOUND, "no such order")
    return b"order " + request


def talk(requests, context):
    for request in requests:
        yield b"heard " + request


class Orders(grpc.GenericRpcHandler):
    def service(self, call):
        if call.method == "/shop.Orders/Get":
            return grpc.unary_unary_rpc_method_handler(get)
        if call.method == "/shop.Orders/Talk":
            return grpc.stream_stream_rpc_method_handler(talk)
        return None


def serve(address):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((Orders(),))
    server.add_insecure_port(address)
    server.start()
    server.wait_for_termination()


def attempt(call, request, **options):
    try:
        return call(request, **options)
    except grpc.RpcError as error:
        return error.code()


def calls(channel):
    call = channel.unary_unary("/shop.Orders/Get")
    for request in (b"1", b"2", b"x" * 3000, b"slow"):
        assert attempt(call, request) == b"order " + request
    assert attempt(call, b"missing") == grpc.StatusCode.NOT_FOUND
    assert attempt(channel.unary_unary("/shop.Orders/Lose"), b"1") == grpc.StatusCode.UNIMPLEMENTED
    assert attempt(call, b"never", timeout=0.3) == grpc.StatusCode.DEADLINE_EXCEEDED


def dialogue(channel):
    def lines():
        for n in range(3):
            yield b"line %d" % n
            time.sleep(0.05)
    assert len(list(channel.stream_stream("/shop.Orders/Talk")(lines()))) == 3


if sys.argv[1] == "server":
    serve(sys.argv[2])
else:
    with grpc.insecure_channel(sys.argv[2]) as open_channel:
        if sys.argv[1] == "ready":
            grpc.channel_ready_future(open_channel).result(timeout=2)
        else:
            {"calls": calls, "dialogue": dialogue}[sys.argv[1]](open_channel)
            time.sleep(0.1)
