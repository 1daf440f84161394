// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.List;

/**
 * What a check of a capture came to.
 *
 * @param header of the capture
 * @param findings in the order in which they were found
 * @param blocks how many sound block headers there are
 * @param events in these
 * @param fileBytes length of the file
 * @param complete true when the file was finished
 * @param depth how far it was looked into
 */
public record CheckReport(
    CaptureHeader header,
    List<Finding> findings,
    long blocks,
    long events,
    long fileBytes,
    boolean complete,
    Depth depth) {

  /** How far a check looks. */
  public enum Depth {
    /** Record headers, and what checkpoints and footer say of them. */
    HEADERS,
    /** Checksums of everything too; encrypted blocks cannot be unpacked without a key. */
    CHECKSUMS,
    /** Every event too. */
    EVENTS
  }

  public CheckReport {
    findings = List.copyOf(findings);
  }

  /** Returns true when there is no error. */
  public boolean isHealthy() {
    return findings.stream().noneMatch(f -> f.severity() == Finding.Severity.ERROR);
  }
}
