/* The browser's own list, all of its options in one property: thousands cost one element. */

export default {
  props: { options: Array, value: String, disabled: Boolean },
  emits: ["chosen"],
  template: `
    <select :value="value" :disabled="disabled" @change="$emit('chosen', $event.target.value)">
      <option v-for="[key, word] in options" :key="key" :value="key" v-memo="[word]">{{ word }}</option>
    </select>
  `,
};
