/* A day, by the browser's own field. What the server tells is put into it once: when the page draws
 * itself anew, whoever types keeps what stands there.
 */

export default {
  props: { told: Array }, // [the day or "", a number that grows with each telling]
  template: `<input ref="field" type="date" min="2012-01-01" max="2199-12-31">`,
  mounted() {
    this.put();
  },
  watch: {
    told: "put",
  },
  methods: {
    put() {
      this.$refs.field.value = this.told[0];
    },
  },
};
