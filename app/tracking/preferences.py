"""What admins set while the server runs: the values now, who changed them, and how they change.

A value that the environment sets is locked: it wins over what is kept. Readers take `current`
each time they need it, and so follow every change.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog

from app.domain.access import Action, Actor
from app.domain.errors import OnthewayError
from app.domain.preferences import WORDS, Preferences, checked, from_json, to_json
from app.tracking.monitor import Monitor, Now
from app.tracking.ports import Settings
from app.tracking.records import Setting

Watcher = Callable[[Preferences, Preferences], None]
"""Called with the values before and after a change."""

_log = structlog.get_logger("preferences")


class PreferenceDesk:
    """The values of one installation.

    ``locked`` are the values that the environment sets, with the name of the variable.
    """

    def __init__(
        self,
        settings: Settings,
        monitor: Monitor,
        now: Now,
        given: Preferences,
        locked: Mapping[str, str],
    ) -> None:
        self._settings = settings
        self._monitor = monitor
        self._now = now
        self._changing = asyncio.Lock()
        self._watchers: list[Watcher] = []
        self._kept: dict[str, Setting] = {}
        self.locked = dict(locked)
        self.current = given

    async def load(self) -> None:
        """Read what is kept, once, before doors open; what is damaged is left out and told."""
        self._take(await self._settings.all())

    def last_change(self, name: str) -> Setting | None:
        """Who changed this value last, and when; None where nobody did."""
        return self._kept.get(name)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Be told of every change; returns the way to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def change(self, changes: Mapping[str, object], seen: Preferences, actor: Actor) -> None:
        """Set values by name, all or none; ``seen`` are the values that ``actor`` had before him.

        Raises ``forbidden``; ``invalid_field`` that names the field, also for a locked one; and
        ``conflict`` that names the field, when somebody else changed it meanwhile.
        """
        actor.require(Action.SETTINGS)
        values = {name: checked(name, value) for name, value in changes.items()}
        for name in values.keys() & self.locked.keys():
            sentence = f"{self.locked[name]} sets this; it cannot be changed here."
            raise OnthewayError("invalid_field", sentence, field=name)
        async with self._changing:
            for name, value in values.items():
                self._require_seen(name, value, seen)
            wanted = {
                name: to_json(value)
                for name, value in values.items()
                if value != getattr(self.current, name)
            }
            if wanted:
                await self._settings.keep(wanted, actor.id, self._now(), self._changed)
                fields = [WORDS[name] for name in wanted]
                self._monitor.note("settings.changed", actor, None, {"fields": fields})

    def _require_seen(self, name: str, value: Any, seen: Preferences) -> None:
        current = getattr(self.current, name)
        if getattr(seen, name) == current or value == current:
            return
        last = self._kept.get(name)
        who = last.by if last is not None else "Somebody"
        raise OnthewayError("conflict", f"{who} changed this meanwhile.", field=name)

    def _changed(self, settings: list[Setting]) -> None:
        """What was stored counts from now on."""
        before = self.current
        self._take(settings)
        for watcher in list(self._watchers):
            watcher(before, self.current)

    def _take(self, settings: list[Setting]) -> None:
        for setting in settings:
            if setting.name in self.locked:
                continue
            try:
                value = from_json(setting.name, setting.value)
            except OnthewayError as error:
                _log.warning("setting ignored", setting=setting.name, why=error.message)
                continue
            self._kept[setting.name] = setting
            self.current = replace(self.current, **{setting.name: value})
