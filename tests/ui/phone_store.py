"""What the driver's page keeps on the phone."""

from typing import Final

from playwright.sync_api import Page

KEPT: Final = """async () => {
  const asked = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
  });
  const db = await asked(indexedDB.open('ontheway-drive'));
  const change = db.transaction(['messages', 'proofs']);
  const keys = ['messages', 'proofs'].map((name) => asked(change.objectStore(name).getAllKeys()));
  return (await Promise.all(keys)).flat().map(([driver, id]) => id);
}"""


def kept(page: Page) -> list[str]:
    """The names of all messages and proofs on the phone."""
    ids: list[str] = page.evaluate(KEPT)
    return ids
