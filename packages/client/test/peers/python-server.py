"""An echo server of python-websockets. See conversation.ts for what the words mean."""

import asyncio

import websockets


async def serve(socket):
    try:
        await answer(socket)
    except websockets.ConnectionClosed:
        pass  # However it ended, the client judges it.


async def answer(socket):
    async for data in socket:
        if data == "close yourself":
            await socket.close(4002, "as asked")
        elif data == "ping me":
            await socket.ping("from Python")
        elif data == "send fragments":
            await socket.send(["frag", "", "ments ü"])
        else:
            await socket.send(data)


async def main():
    async with websockets.serve(
        serve, "127.0.0.1", 0, subprotocols=["chat"], max_size=16 * 1024 * 1024
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
