// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * A process of this host, and whether it can be recorded.
 *
 * @param pid process id
 * @param comm command name
 * @param exe path of the executable; empty when not known
 * @param tlsLibrary path of the TLS library it uses; empty when none is known
 * @param tlsFamily which library that is; empty when none is known
 * @param version the library's version; empty when not known
 * @param linking {@code shared} or {@code static}; empty when there is no library
 * @param recordable whether what it says can be recorded: decrypted TLS where it has a library,
 *     plain text where it has none
 * @param whyNot why not, or what cannot be recorded; empty when everything can
 */
public record TargetInfo(
    int pid,
    String comm,
    String exe,
    String tlsLibrary,
    String tlsFamily,
    String version,
    String linking,
    boolean recordable,
    String whyNot) {}
