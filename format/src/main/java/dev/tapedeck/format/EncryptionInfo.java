// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an encrypted capture says to everybody about its encryption.
 *
 * @param originFileId id of the file for which its blocks were encrypted; in a copy not its own
 * @param recipients how many of which type, such as {@code X25519}, can read everything
 * @param metadataRecipients how many more can read all but payload
 */
public record EncryptionInfo(
    Bytes originFileId,
    SortedMap<String, Integer> recipients,
    SortedMap<String, Integer> metadataRecipients) {
  public EncryptionInfo {
    if (originFileId.length() != CaptureHeader.FILE_ID_BYTES) {
      throw new IllegalArgumentException("originFileIdLength=" + originFileId.length());
    }
    recipients = Collections.unmodifiableSortedMap(new TreeMap<>(recipients));
    metadataRecipients = Collections.unmodifiableSortedMap(new TreeMap<>(metadataRecipients));
  }
}
