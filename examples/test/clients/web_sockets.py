# python3-websockets as a peer: prints what of the conversation succeeded, as JSON.
import asyncio
import json
import sys

import websockets


async def converse(url):
    done = {}
    async with websockets.connect(url) as socket:
        await socket.send("Grüße, 🌍")
        done["text"] = await socket.recv() == "Grüße, 🌍"
        large = bytes(range(256)) * 4096
        await socket.send(large)
        done["binary"] = await socket.recv() == large
        await socket.send(["one ", "text in ", "three fragments 🌍"])
        done["fragments"] = await socket.recv() == "one text in three fragments 🌍"
        await asyncio.wait_for(await socket.ping(b"how far?"), 5)
        done["ping"] = True
        await socket.close(3001, "bye")
        done["close"] = socket.close_code
        done["extensions"] = [extension.name for extension in socket.extensions]
    print(json.dumps(done))


asyncio.run(asyncio.wait_for(converse(sys.argv[1]), 30))
