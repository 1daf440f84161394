// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

/** When output is coloured. */
enum ColorMode {
  AUTO,
  ALWAYS,
  NEVER
}
