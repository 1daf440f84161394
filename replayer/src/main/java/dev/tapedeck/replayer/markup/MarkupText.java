// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.markup;

/**
 * A text of a document.
 *
 * @param shown as it stands there
 * @param key what it is compared by; the text itself unless something in it may change
 * @param settled whether the key stands for a volatile value that is what it should be
 */
public record MarkupText(String shown, String key, boolean settled) {
  /** Returns a text that is compared as it is. */
  public static MarkupText of(String text) {
    return new MarkupText(text, text, false);
  }

  /** Returns the same text, compared by a key. */
  public MarkupText settledAs(String newKey) {
    return new MarkupText(shown, newKey, true);
  }

  /** Texts are equal when they compare as equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof MarkupText text && text.settled == settled && text.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }
}
