// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

/** How much of a message or exchange the capture holds. */
public enum Completeness {
  COMPLETE("complete"),
  /** The recording began in its middle. */
  TRUNCATED_START("truncated_start"),
  /** Bytes in its middle were lost. */
  GAP("gap"),
  /** The recording or the connection ended in its middle. */
  TRUNCATED_END("truncated_end"),
  /** A limit of the recorder cut it. */
  RECORDER_CAP("recorder_cap");

  private final String jsonName;

  Completeness(String jsonName) {
    this.jsonName = jsonName;
  }

  /** Returns the name used in JSON. */
  public String jsonName() {
    return jsonName;
  }
}
