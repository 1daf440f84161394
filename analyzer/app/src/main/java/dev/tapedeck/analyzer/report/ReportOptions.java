// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.report;

import java.util.List;

/**
 * What a report says and how much.
 *
 * @param files names of the captures
 * @param filter which exchanges it is about; empty for all
 * @param version of this tool
 * @param details of how many exchanges it shows heads and bodies
 */
public record ReportOptions(List<String> files, String filter, String version, int details) {
  public ReportOptions {
    files = List.copyOf(files);
  }
}
