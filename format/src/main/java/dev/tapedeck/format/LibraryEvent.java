// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * Probes were attached to a TLS library, or could not be.
 *
 * @param stamp when; the process is one that has the library loaded
 * @param path of the file as the process sees it
 * @param buildId GNU build id in hexadecimal digits; empty when there is none
 * @param family such as {@code openssl}
 * @param version as the library states it; empty when not known
 * @param attachedSymbols how many functions are probed; 0 when attaching failed
 */
public record LibraryEvent(
    EventStamp stamp,
    String path,
    String buildId,
    String family,
    String version,
    int attachedSymbols)
    implements CaptureEvent {}
