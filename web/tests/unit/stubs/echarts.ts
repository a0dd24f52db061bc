/** Stands in for the chart library: jsdom has no layout to draw in. */
export const init = () => ({ setOption() {}, resize() {}, dispose() {}, on() {} });
