// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.util.List;

/**
 * A process of this host, and whether it can be recorded.
 *
 * @param pid process id
 * @param comm command name
 * @param exe path of the executable; empty when not known
 * @param container id of the container that it runs in; empty when it is in none that is known
 * @param libraries the TLS libraries that it has, recordable ones first
 * @param recordable whether what it says can be recorded: decrypted TLS where it has a library,
 *     plain text where it has none
 * @param whyNot why not, or what cannot be recorded; empty when everything can
 */
public record TargetInfo(
    int pid,
    String comm,
    String exe,
    String container,
    List<TargetLibrary> libraries,
    boolean recordable,
    String whyNot) {
  public TargetInfo {
    libraries = List.copyOf(libraries);
  }
}
