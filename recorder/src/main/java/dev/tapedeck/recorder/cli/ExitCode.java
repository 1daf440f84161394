// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** The exit codes, the same for all tools. */
final class ExitCode {
  static final int OK = 0;
  static final int USAGE = 2;
  static final int IO = 3;
  static final int PRIVILEGE = 4;

  private ExitCode() {}

  /** Returns what help says of them. */
  static Map<String, String> descriptions() {
    Map<String, String> descriptions = new LinkedHashMap<>();
    descriptions.put("0", "fine");
    descriptions.put("2", "usage");
    descriptions.put("3", "input or output failed; what was written before is kept");
    descriptions.put("4", "a privilege or a kernel feature is missing");
    descriptions.put("5", "stopped by a safety guard");
    return descriptions;
  }
}
