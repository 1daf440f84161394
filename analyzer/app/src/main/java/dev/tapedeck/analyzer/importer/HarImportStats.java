// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer;

/**
 * What an archive held.
 *
 * @param entries exchanges
 * @param connections that were made for them
 * @param unanswered entries without an answer
 * @param unknownBytes of content that the archive does not hold
 * @param alteredLengths messages of which a Content-Length field had to be changed
 * @param withoutTime entries that do not say when they began
 */
public record HarImportStats(
    long entries,
    long connections,
    long unanswered,
    long unknownBytes,
    long alteredLengths,
    long withoutTime) {}
