/**
 * What the driver's page keeps on the phone: who it is, whether it records, and every message and
 * proof of delivery that the server has not answered. In IndexedDB, written through to the disk, so that a crash of the
 * browser or of the phone loses nothing that was kept.
 */

const NAME = 'ontheway-drive';
const STATE = 'state';
const MESSAGES = 'messages';
const PROOFS = 'proofs';
const OLD = 'ontheway.'; // entries of localStorage, where earlier versions kept it
const DAY = 24 * 60 * 60 * 1000;
const KEPT_FOR = { [MESSAGES]: 14 * DAY, [PROOFS]: 7 * DAY };

/** Open it. Where the browser allows no database, all is kept in memory, and `lasting` is false. */
export async function openStore() {
  const memory = new MemoryStore();
  try {
    const store = new DiskStore(await opened());
    await takeOver(store);
    store.forgetOld().catch(() => {}); // the next start tries again
    return store;
  } catch {
    return memory;
  }
}

class DiskStore {
  lasting = true;
  #db;

  constructor(db) {
    this.#db = db;
  }

  /** All of the state, by name. */
  async state() {
    const store = this.#db.transaction(STATE).objectStore(STATE);
    const [names, values] = await Promise.all([asked(store.getAllKeys()), asked(store.getAll())]);
    return Object.fromEntries(names.map((name, at) => [name, values[at]]));
  }

  /** Keep a value; null forgets it. */
  set(name, value) {
    return this.#write(STATE, (store) => (value == null ? store.delete(name) : store.put(value, name)));
  }

  /** The entries {driver, id, message, holdUntil} of a driver, oldest first. */
  messages(driver) {
    const range = IDBKeyRange.bound([driver], [driver, []]);
    return asked(this.#db.transaction(MESSAGES).objectStore(MESSAGES).getAll(range));
  }

  /** Settled once the entry is on the disk. */
  put(entry) {
    return this.#write(MESSAGES, (store) => store.put({ ...entry, keptAt: Date.now() }));
  }

  remove(driver, ids) {
    return this.#write(MESSAGES, (store) => ids.forEach((id) => store.delete([driver, id])));
  }

  /** The entries {driver, id, …} of proof of delivery, oldest first. */
  proofs(driver) {
    const range = IDBKeyRange.bound([driver], [driver, []]);
    return asked(this.#db.transaction(PROOFS).objectStore(PROOFS).getAll(range));
  }

  putProof(entry) {
    return this.#write(PROOFS, (store) => store.put({ ...entry, keptAt: Date.now() }));
  }

  removeProof(driver, id) {
    return this.#write(PROOFS, (store) => store.delete([driver, id]));
  }

  /** How many messages and proofs there are, of all drivers. */
  async count() {
    const counts = await Promise.all([MESSAGES, PROOFS].map((name) => (
      asked(this.#db.transaction(name).objectStore(name).count()))));
    return counts.reduce((sum, each) => sum + each);
  }

  /** Forget all messages and proofs, of all drivers. */
  forgetAll() {
    return Promise.all([MESSAGES, PROOFS].map((name) => this.#write(name, (store) => store.clear())));
  }

  /** Forget what has waited for too long, whosever it is. */
  forgetOld() {
    return Promise.all([MESSAGES, PROOFS].map((name) => this.#write(name, (store) => sweep(store, KEPT_FOR[name]))));
  }

  #write(name, act) {
    return new Promise((resolve, reject) => {
      const change = this.#db.transaction(name, 'readwrite', { durability: 'strict' });
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error);
      act(change.objectStore(name));
    });
  }
}

class MemoryStore {
  lasting = false;
  #state = {};
  #entries = new Map();
  #proofs = new Map();

  async state() { return { ...this.#state }; }
  async set(name, value) { this.#state[name] = value; }
  async messages(driver) { return [...this.#entries.values()].filter((entry) => entry.driver === driver); }
  async put(entry) { this.#entries.set(entry.id, entry); }
  async remove(_driver, ids) { ids.forEach((id) => this.#entries.delete(id)); }
  async proofs(driver) { return [...this.#proofs.values()].filter((entry) => entry.driver === driver); }
  async putProof(entry) { this.#proofs.set(entry.id, entry); }
  async removeProof(_driver, id) { this.#proofs.delete(id); }
  async count() { return this.#entries.size + this.#proofs.size; }
  async forgetAll() {
    this.#entries.clear();
    this.#proofs.clear();
  }
}

/** Delete the entries of an object store that are older than `keptFor`, milliseconds. */
function sweep(store, keptFor) {
  const now = Date.now();
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    const { keptAt, driver } = cursor.value;
    if (keptAt === undefined) cursor.update({ ...cursor.value, keptAt: now }); // of an earlier version
    else if (now - keptAt > keptFor) cursor.delete();
    // Names sort by age: what follows of this driver is younger still.
    else return cursor.continue([driver, []]);
    cursor.continue();
  };
}

function opened() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STATE);
    request.result.createObjectStore(MESSAGES, { keyPath: ['driver', 'id'] });
    request.result.createObjectStore(PROOFS, { keyPath: ['driver', 'id'] });
  };
  return asked(request);
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What an earlier version of the page kept on this phone goes on to count. */
async function takeOver(store) {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(OLD))) {
    const value = localStorage.getItem(key);
    const [part, driver, ...id] = key.slice(OLD.length).split('.');
    if (part === 'out') await store.put({ driver, id: id.join('.'), message: JSON.parse(value), holdUntil: 0 });
    else await store.set(part, value);
    localStorage.removeItem(key);
  }
}
