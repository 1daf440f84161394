// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// Rate by status class as bars, latency as lines on a scale of its own. A span that is dragged over becomes a filter.

import * as api from './api.js';
import * as format from './format.js';
import { byId, replace } from './dom.js';

/** Pixels below the bars, for times. */
const AXIS = 16;
/** Pixels above bars and lines, for what they mean. */
const LABEL = 14;
/** Buckets without an answer that a line goes over. */
const NEAR = 3;
const CLASSES = ['--none', '--ok', '--client-error', '--server-error'];

export class Chart {
  /** onSpan(fromMicros, toMicros) is called when a span was chosen. */
  constructor({ onSpan }) {
    this.onSpan = onSpan;
    this.box = byId('chart');
    this.canvas = byId('chart-canvas');
    this.text = byId('chart-text');
    this.data = null;
    this.hover = null;
    this.drag = null;
    new ResizeObserver(() => this.draw()).observe(this.box);
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    this.canvas.addEventListener('pointermove', (event) => this.moved(event));
    this.canvas.addEventListener('pointerleave', () => { this.hover = null; this.draw(); });
    this.canvas.addEventListener('pointerdown', (event) => { this.drag = { from: event.offsetX, to: event.offsetX }; this.canvas.setPointerCapture(event.pointerId); });
    this.canvas.addEventListener('pointerup', () => this.dropped());
  }

  set shown(isShown) {
    this.box.hidden = !isShown;
  }

  get shown() {
    return !this.box.hidden;
  }

  async load(view) {
    const data = await api.json('timeline', { view });
    const used = data.buckets.filter((b) => b[0] + b[1] + b[2] + b[3] > 0);
    this.data = data;
    const sum = (i) => used.reduce((total, bucket) => total + bucket[i], 0);
    const total = sum(0) + sum(1) + sum(2) + sum(3);
    this.isEmpty = total === 0;
    this.summary = total === 0 ? 'No exchanges.' : [format.counted(total, 'exchange') + ' in ' + format.duration(Math.round(data.width_us * data.buckets.length)),
      sum(2) ? format.count(sum(2)) + ' × 4xx' : null, sum(3) ? format.count(sum(3)) + ' × 5xx' : null, sum(0) ? format.count(sum(0)) + ' without answer' : null].filter(Boolean).join(', ') + '.';
    this.draw();
  }

  moved(event) {
    this.hover = event.offsetX;
    if (this.drag) this.drag.to = event.offsetX;
    this.draw();
  }

  dropped() {
    const drag = this.drag;
    this.drag = null;
    if (drag && this.data && Math.abs(drag.to - drag.from) > 5) {
      const [from, to] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
      this.onSpan(this.time(from), this.time(to));
    }
    this.draw();
  }

  time(x) {
    const { data } = this;
    const part = Math.max(0, Math.min(1, x / this.canvas.clientWidth));
    return Math.round(data.from_us + part * data.width_us * data.buckets.length);
  }

  draw() {
    if (!this.data || this.box.hidden) return;
    const { canvas, data } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const g = canvas.getContext('2d');
    g.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    const n = data.buckets.length;
    const step = width / n;
    const most = Math.max(1, ...data.buckets.map((b) => b[0] + b[1] + b[2] + b[3]));
    const slowest = Math.max(1, ...data.buckets.map((b) => b[5] ?? 0));
    const bottom = height - AXIS;
    const middle = Math.round(bottom / 2);
    if (this.isEmpty) {
      replace(this.text, this.summary);
      return;
    }
    this.bars(g, color, step, bottom, bottom - middle - LABEL, most);
    this.lines(g, color, step, middle - 3, middle - 3 - LABEL, slowest);
    if (this.drag) {
      g.fillStyle = color('--span');
      g.fillRect(Math.min(this.drag.from, this.drag.to), 0, Math.abs(this.drag.to - this.drag.from), height);
    }
    this.axes(g, color, width, bottom, middle, most, slowest);
    this.tell(step, color, g, bottom);
  }

  /** Draws the rate by status class. */
  bars(g, color, step, bottom, room, most) {
    this.data.buckets.forEach((bucket, i) => {
      let y = bottom;
      for (let kind = 1; kind <= 4; kind++) {
        const c = kind % 4;
        if (!bucket[c]) continue;
        const tall = Math.max(1, (bucket[c] / most) * room);
        g.fillStyle = color(CLASSES[c]);
        g.fillRect(i * step + 0.5, y - tall, Math.max(1, step - 1), tall);
        y -= tall;
      }
    });
  }

  /** Draws latencies on a logarithmic scale: a line where neighbours have one, a dot where they have none. */
  lines(g, color, step, bottom, room, slowest) {
    const { buckets } = this.data;
    const fastest = Math.max(1, Math.min(slowest, ...buckets.filter((b) => b[4]).map((b) => b[4])) / 2);
    const level = (micros) => bottom - (Math.log(Math.max(micros, fastest) / fastest) / Math.max(0.01, Math.log(slowest / fastest))) * room;
    const at = (i) => (i + 0.5) * step;
    for (const [index, name] of [[5, '--p99'], [4, '--p50']]) {
      g.strokeStyle = g.fillStyle = color(name);
      g.lineWidth = 1.5;
      g.beginPath();
      let last = -1;
      let alone = false;
      const dot = () => { if (alone) g.fillRect(at(last) - 1.5, level(buckets[last][index]) - 1.5, 3, 3); };
      buckets.forEach((bucket, i) => {
        if (bucket[index] === undefined) return;
        if (last >= 0 && i - last <= NEAR) {
          g.lineTo(at(i), level(bucket[index]));
          alone = false;
        } else {
          dot();
          g.moveTo(at(i), level(bucket[index]));
          alone = true;
        }
        last = i;
      });
      dot();
      g.stroke();
    }
  }

  /** Writes what the heights and the places mean. */
  axes(g, color, width, bottom, middle, most, slowest) {
    const { data } = this;
    const span = data.width_us * data.buckets.length;
    g.setLineDash([]);
    g.lineWidth = 1;
    g.strokeStyle = color('--line');
    g.beginPath();
    for (const y of [middle, bottom]) {
      g.moveTo(0, y + 0.5);
      g.lineTo(width, y + 0.5);
    }
    g.stroke();
    g.font = '11px system-ui, sans-serif';
    g.fillStyle = color('--muted');
    g.textBaseline = 'alphabetic';
    g.textAlign = 'left';
    g.fillText('latency' + (slowest > 1 ? ', up to ' + format.duration(slowest) : ''), 0, 10);
    g.fillText('rate, up to ' + format.count(most) + ' in ' + format.duration(Math.round(data.width_us)), 0, middle + 12);
    const ticks = width < 520 ? 2 : 4;
    for (let i = 0; i <= ticks; i++) {
      const x = (i / ticks) * width;
      g.textAlign = i === 0 ? 'left' : i === ticks ? 'right' : 'center';
      g.fillText(format.tick(data.from_us + (i / ticks) * span, span), x, bottom + 13);
      g.fillRect(Math.min(width - 1, x), bottom, 1, 3);
    }
  }

  tell(step, color, g, height) {
    const { data } = this;
    if (this.hover === null) {
      replace(this.text, this.summary + ' Drag to filter.');
      return;
    }
    const i = Math.max(0, Math.min(data.buckets.length - 1, Math.floor(this.hover / step)));
    const bucket = data.buckets[i];
    g.strokeStyle = color('--muted');
    g.setLineDash([2, 2]);
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo((i + 0.5) * step, 0);
    g.lineTo((i + 0.5) * step, height);
    g.stroke();
    const total = bucket[0] + bucket[1] + bucket[2] + bucket[3];
    replace(this.text, format.clock(data.from_us + i * data.width_us) + ' ', format.counted(total, 'exchange') + (bucket[2] ? ', ' + bucket[2] + ' × 4xx' : '') + (bucket[3] ? ', ' + bucket[3] + ' × 5xx' : '')
      + (bucket[4] !== undefined ? ', p50 ' + format.duration(bucket[4]) + ', p99 ' + format.duration(bucket[5]) + ', longest ' + format.duration(bucket[6]) : ''));
  }
}
