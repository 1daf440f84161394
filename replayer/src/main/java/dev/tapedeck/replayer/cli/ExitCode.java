// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** The exit codes, the same for all tools. */
final class ExitCode {
  static final int OK = 0;
  static final int DIFFERENT = 1;
  static final int USAGE = 2;
  static final int IO = 3;
  static final int GUARD = 5;

  private ExitCode() {}

  /** Returns what help says of them. */
  static Map<String, String> descriptions() {
    Map<String, String> descriptions = new LinkedHashMap<>();
    descriptions.put("0", "every answer is as recorded");
    descriptions.put("1", "answers differ or failed, nothing was sent, or a capture is damaged");
    descriptions.put("2", "usage");
    descriptions.put("3", "input or output failed, or a file is not what it should be");
    descriptions.put("5", "stopped by a safety guard");
    return descriptions;
  }
}
