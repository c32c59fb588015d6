// Curves and bars, made of elements: nothing a peer said becomes markup.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 300;
const HEIGHT = 64;

/** Draws lines over the same time, newest at the right. @param lines `{ className, values }` each */
export function drawCurves(svg, lines, slots) {
  const top = Math.max(1, ...lines.flatMap(({ values }) => values));
  svg.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.replaceChildren(
    ...lines.flatMap(({ className, values }) => {
      const points = values.map((value, index) => {
        const x = WIDTH - ((values.length - 1 - index) / (slots - 1)) * WIDTH;
        return `${x.toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 6)).toFixed(1)}`;
      });
      if (points.length < 2) return [];
      const [first] = points[0].split(',');
      const area = shape('polygon', `${first},${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`, `${className} area`);
      return [area, shape('polyline', points.join(' '), `${className} line`)];
    }),
  );
}

function shape(name, points, className) {
  const element = document.createElementNS(SVG, name);
  element.setAttribute('points', points);
  element.setAttribute('class', className);
  return element;
}

/** Draws one bar per row. @param rows `{ label, note, value, className }` each */
export function drawBars(list, rows) {
  const top = Math.max(1, ...rows.map(({ value }) => value));
  list.replaceChildren(
    ...rows.map(({ label, note = '', value, className = '' }) => {
      const bar = element('span', 'bar', '');
      bar.style.setProperty('--share', String(value / top));
      const row = element('li', className, '');
      row.append(element('span', 'label', label), element('span', 'track', bar), element('span', 'value', note));
      return row;
    }),
  );
}

export function element(name, className, content) {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.append(content);
  return made;
}
