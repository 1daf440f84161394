// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * A TLS library that a process has.
 *
 * @param path of its file, as the process sees it
 * @param family which library
 * @param version empty when not known
 * @param buildId GNU build id; empty when there is none or it was not read
 * @param linking {@code shared} or {@code static}
 * @param recordable whether decrypted TLS can be recorded
 * @param whyNot why not; empty when it can
 */
public record TargetLibrary(
    String path,
    String family,
    String version,
    String buildId,
    String linking,
    boolean recordable,
    String whyNot) {
  /** Returns the same library, which cannot be recorded for a reason. */
  TargetLibrary refused(String why) {
    return new TargetLibrary(path, family, version, buildId, linking, false, why);
  }
}
