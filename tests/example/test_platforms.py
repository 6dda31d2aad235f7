"""An example: the tests of a server on several platforms, with pytest."""

import socket

import pytest

CAPACITY = {"bsd": 8, "freebsd": 8, "mks": 5}  # of listen(5)


@pytest.fixture
def server():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        yield listener


def test_anywhere(server):
    assert server.getsockname()[1] > 0


@pytest.mark.platforms(*CAPACITY)
def test_queue(server, listenas, platform):
    clients = [socket.create_connection(server.getsockname()) for _ in range(CAPACITY[platform])]
    assert listenas.wait_full(server, timeout=10)
    assert [call["capacity"] for call in listenas.calls() if call["name"] == "listen"][-1] == len(clients)
    for client in clients:
        client.close()
