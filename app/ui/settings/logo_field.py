"""The field of the settings page that takes the logo: a picture from this computer, looked at
before it is saved."""

from base64 import b64encode
from typing import Any, Final

from nicegui import events, ui

from app.domain.errors import OnthewayError
from app.domain.picture import MOST_BYTES, Picture, picture
from app.ui.kit.look import logo_url
from app.ui.kit.parts import button
from app.ui.kit.upload import Upload
from app.ui.kit.visit import Visit
from app.ui.kit.words import words
from app.ui.settings.fields import Edited, Field

PICK: Final = "() => getElement({id}).$refs.qRef.pickFiles()"
SIZE: Final = f"{MOST_BYTES // 1024} KB"


class LogoField(Field):
    """A picture from this computer."""

    def __init__(self, visit: Visit, edited: Edited) -> None:
        super().__init__(visit, "logo", edited)
        self._logo: Picture | None = None
        self._kept: Picture | None = None
        with self._body, ui.element("div").classes("field"):
            words("span", "Logo").classes("field-label")
            with ui.element("div").classes("logo-row"):
                self._image = ui.element("img").classes("logo-shown").props('alt="The logo"')
                choose = button("Choose file", None, "", "upload")
                self._remove = button("Remove", visit.act(self._removed), "btn-quiet")
                upload = Upload(
                    on_upload=visit.act(self._chosen),
                    on_rejected=visit.act(self._refused),
                    max_file_size=MOST_BYTES,
                    auto_upload=True,
                )
            hint = f"PNG, JPEG or WebP, at most {SIZE}."
            words("span", hint).classes("field-hint")
        upload.classes("logo-upload").props('accept=".png,.jpg,.jpeg,.webp"')
        choose.on("click", js_handler=PICK.format(id=upload.id))
        self._buttons = (choose, self._remove)
        self._upload = upload
        self._show()

    @property
    def source(self) -> str | None:
        """Where the browser gets the picture."""
        if self._logo is None or self._logo == self._kept:
            return logo_url(self._logo)
        return f"data:{self._logo.media_type};base64,{b64encode(self._logo.body).decode()}"

    def show(self, value: Any) -> None:
        """Hold this value, which is the one that is kept."""
        self._logo = self._kept = value
        self._show()

    def wanted(self) -> object:
        """The picture; None for none."""
        return self._logo

    def disable(self) -> None:
        """Nothing can be changed here."""
        for element in self._buttons:
            element.props.set_bool("disabled", True)
        self._upload.disable()

    def _show(self) -> None:
        self._image.set_visibility(self._logo is not None)
        self._remove.set_visibility(self._logo is not None)
        self._image.props.set_optional("src", self.source)

    async def _chosen(self, event: events.UploadEventArguments) -> None:
        self._upload.reset()
        try:
            self._logo = picture(await event.file.read())
        except OnthewayError as error:
            self.complain(error.message)
            return
        self.complain("")
        self._show()
        await self._edited()

    async def _removed(self) -> None:
        self._logo = None
        self.complain("")
        self._show()
        await self._edited()

    def _refused(self) -> None:
        self.complain(f"A logo is a PNG, JPEG or WebP file of at most {SIZE}.")
