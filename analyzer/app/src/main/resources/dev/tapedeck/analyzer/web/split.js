// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0

// The bar between list and exchange: dragged, or moved by the arrow keys.

const STEP = 32;
const LEAST = 380;

/** Has a bar set the width of what stands to its right. */
export function splitter(bar, right, onMove) {
  const set = (width) => {
    const whole = right.parentElement.clientWidth;
    const most = Math.max(LEAST, whole * 0.8);
    const now = Math.round(Math.max(LEAST, Math.min(most, width)));
    right.style.setProperty('--detail-width', now + 'px');
    bar.setAttribute('aria-valuenow', String(Math.round((100 * (whole - now)) / whole)));
    onMove();
  };
  bar.addEventListener('pointerdown', (event) => {
    bar.setPointerCapture(event.pointerId);
    bar.classList.add('held');
    event.preventDefault();
  });
  bar.addEventListener('pointermove', (event) => {
    if (bar.hasPointerCapture(event.pointerId)) set(right.parentElement.getBoundingClientRect().right - event.clientX);
  });
  for (const end of ['pointerup', 'pointercancel']) bar.addEventListener(end, () => bar.classList.remove('held'));
  bar.addEventListener('dblclick', () => { right.style.removeProperty('--detail-width'); onMove(); });
  bar.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    set(right.clientWidth + by);
  });
}
