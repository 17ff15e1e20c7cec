"""The marketplace machine's long walks, with its model and its checks."""

from machine.canonical.scene import Row, Scene
from machine.walk import Walker, steps


def walk(database_url: str, seed: int, count: int, answers: list[Row]) -> None:
    scene = Scene(database_url, seed, answers)
    try:
        walker = Walker(scene)
        for name, number in steps(seed, count):
            with scene.step(name):
                walker.step((name, number))
    finally:
        scene.close()
