/* A field that finds one of many: the server is asked as one types, and only what it found is here.
 * The list lies above everything, so that no dialog cuts it off. */

const PAUSE = 150; // milliseconds without a key pressed before the server is asked
const ROOM = 240; // pixels that the list may take, if the window has them
const WIDE = 260; // pixels of its width, for names longer than the field
const GAP = 4;

export default {
  props: { options: Array, more: String, value: String, word: String, name: String, disabled: Boolean },
  emits: ["chosen", "find", "opened"],
  template: `
    <div class="finder" :class="{ 'finder-open': open }">
      <input ref="field" class="input" role="combobox" autocomplete="off" spellcheck="false"
        maxlength="100" aria-autocomplete="list" :aria-label="name" :aria-expanded="String(open)"
        :aria-controls="listId" :aria-activedescendant="open && active >= 0 ? listId + '-' + active : null"
        :disabled="disabled" @focus="$event.target.select()"
        @click="show" @input="typed" @keydown="key" @blur="hide">
      <span class="finder-word" aria-hidden="true">{{ word }}</span>
      <div ref="list" :id="listId" class="finder-list" role="listbox" popover="manual"
        aria-label="Suggestions" @pointerdown.prevent>
        <div v-for="([key, word, about, icon], i) in options" :key="key" :id="listId + '-' + i" role="option"
          class="finder-option" :class="{ 'finder-on': i === active }"
          :aria-selected="String(key === value)" @click="choose(i)">
          <span class="whole">{{ word }}</span><span class="finder-about muted small"><i v-if="icon"
            class="q-icon notranslate material-icons" aria-hidden="true">{{ icon }}</i><span class="whole">{{ about }}</span></span>
        </div>
        <div v-if="more" class="finder-more muted small" role="option" aria-disabled="true">{{ more }}</div>
      </div>
    </div>
  `,
  data: () => ({ open: false, active: -1, listId: `finder-${Math.random().toString(36).slice(2)}` }),
  mounted() {
    this.write();
    window.addEventListener("resize", this.hide);
    document.addEventListener("scroll", this.scrolled, true);
  },
  unmounted() {
    clearTimeout(this.timer);
    window.removeEventListener("resize", this.hide);
    document.removeEventListener("scroll", this.scrolled, true);
  },
  watch: {
    word() {
      if (!this.open) this.write();
    },
    options() {
      this.active = this.$refs.field.value === this.word ? -1 : 0;
      if (this.open) this.$nextTick(this.place);
    },
  },
  methods: {
    write() {
      this.$refs.field.value = this.word ?? "";
    },
    ask(text) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.$emit("find", text), text ? PAUSE : 0);
    },
    /** Asked from elsewhere on the page: as if it was clicked. */
    begin() {
      this.$refs.field.focus();
      this.show();
    },
    show() {
      if (this.open || this.disabled) return;
      this.open = true;
      this.active = -1;
      this.$emit("opened");
      this.ask("");
      this.$refs.list.showPopover();
      this.place();
    },
    hide() {
      if (!this.open) return;
      clearTimeout(this.timer);
      this.open = false;
      this.$refs.list.hidePopover();
      this.write();
    },
    scrolled(event) {
      if (this.open && !this.$refs.list.contains(event.target)) this.place();
    },
    place() {
      const box = this.$refs.field.getBoundingClientRect();
      if (box.bottom < 0 || box.top > innerHeight) {
        this.hide();
        return;
      }
      const { style } = this.$refs.list;
      const below = innerHeight - box.bottom - 2 * GAP;
      const above = box.top - 2 * GAP;
      const under = below >= ROOM || below >= above;
      const width = Math.max(box.width, Math.min(WIDE, innerWidth - box.left - 2 * GAP));
      style.left = `${box.left}px`;
      style.width = `${width}px`;
      style.maxHeight = `${Math.min(ROOM, under ? below : above)}px`;
      style.top = under ? `${box.bottom + GAP}px` : "auto";
      style.bottom = under ? "auto" : `${innerHeight - box.top + GAP}px`;
    },
    typed(event) {
      this.show();
      this.ask(event.target.value.trim());
    },
    key(event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!this.open) this.show();
        else this.move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && this.open) this.choose(this.active);
      else if (event.key === "Escape" && this.open) this.hide();
      else return;
      event.preventDefault();
      event.stopPropagation(); // Escape would close the dialog too
    },
    move(step) {
      const count = this.options.length;
      if (count === 0) return;
      this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
      this.$nextTick(() => document.getElementById(`${this.listId}-${this.active}`)?.scrollIntoView({ block: "nearest" }));
    },
    choose(at) {
      const option = this.options[at];
      if (option) this.$emit("chosen", option[0]);
      this.hide();
      if (option) this.$refs.field.value = option[1];
    },
  },
};
