// A diagram of a page is text in a fence, as GitHub draws it; here the browser draws it, once the page is shown.
import { useData } from 'vitepress';
import { defineComponent, h, onMounted, ref, watch } from 'vue';

let drawn = 0;

/** Draws the Mermaid text in `code` (URI-encoded) in the colours of the page; shows the text until it is drawn. */
export const Diagram = defineComponent({
  props: { code: { type: String, required: true } },
  setup(props) {
    const { isDark } = useData();
    const text = decodeURIComponent(props.code);
    const svg = ref('');

    const draw = async (): Promise<void> => {
      // On demand: a page without a diagram does not load what draws them.
      const { default: mermaid } = await import('mermaid');
      mermaid.initialize({
        startOnLoad: false,
        theme: isDark.value ? 'dark' : 'default',
        // HTML in a label would take the line height of the page, for which no room was reckoned.
        htmlLabels: false,
        flowchart: { htmlLabels: false },
      });
      drawn += 1;
      svg.value = (await mermaid.render(`diagram-${drawn}`, text)).svg;
    };
    onMounted(() => {
      watch(isDark, draw, { immediate: true });
    });

    return () => (svg.value === '' ? h('pre', text) : h('div', { innerHTML: svg.value }));
  },
});
