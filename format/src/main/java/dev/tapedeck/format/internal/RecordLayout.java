// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal;

/**
 * The header that every record of a capture begins with. All numbers are little-endian.
 *
 * <pre>
 * offset size name                 meaning
 *      0    4 frame_magic          0x184D2A5D: a zstd skippable frame
 *      4    4 frame_length         bytes of the frame after this field
 *      8    8 magic                89 54 41 50 45 0D 0A and the major version, 01
 *     16   16 file_id              random, the same in every record of the file
 *     32    8 own_offset           of this record in the file
 *     40    8 sequence             blocks before this record, in a copy those of its origin
 *     48    1 type                 see {@link RecordType}
 *     49    1 codec                0 plain, 1 zstd frame
 *     50    1 cipher               0 none, 1 encrypted
 *     51    1 reserved             0
 *     52    4 compatible_flags     unknown bits are reported
 *     56    4 incompatible_flags   unknown bits are refused
 *     60    4 previous_length      length of the record before; 0 in the first
 *     64    4 metadata_stored      bytes of the metadata plane, or of the record's body
 *     68    4 metadata_raw         the same, decompressed
 *     72    4 metadata_crc32c      of the stored bytes
 *     76    4 payload_stored       bytes of the payload plane; 0 but in blocks
 *     80    4 payload_raw          the same, decompressed
 *     84    4 payload_crc32c       of the stored bytes
 *     88    4 event_count          events in the block; 0 in other records
 *     92    4 data_bytes           bytes of data events in the block; 0 in other records
 *     96    8 first_nanos          earliest exit time in the block; of all blocks in other records
 *    104    8 last_nanos           latest exit time, likewise
 *    112    8 watermark_nanos      no event with an earlier exit time follows; 0 not known
 *    120    8 lost_events          by the loss events of the block; of all blocks in other records
 *    128    8 lost_bytes           likewise
 *    136    8 events_before        events in the blocks before this record
 *    144    8 data_bytes_before    bytes of data events in the blocks before this record
 *    152    4 absent_blocks        blocks of the origin before this record that a copy lacks
 *    156    4 header_crc32c        of bytes 0 to 155
 *    160
 * </pre>
 *
 * The same table stands in {@code docs/FORMAT.md}.
 */
public final class RecordLayout {
  /** Bytes of a record header. */
  public static final int HEADER_BYTES = 160;

  /** Major version of the format, the last byte of the magic. */
  public static final int MAJOR_VERSION = 1;

  static final int FRAME_MAGIC = 0x184D2A5D;

  /** Bytes 8 to 15 read as a little-endian number. */
  static final long MAGIC = 0x010A0D4550415489L;

  static final int FRAME_LENGTH_AT = 4;

  /** Where magic and file id, which resynchronisation looks for, begin. */
  public static final int MAGIC_AT = 8;

  /** Where the file id begins. */
  public static final int FILE_ID_AT = 16;

  static final int OWN_OFFSET_AT = 32;
  static final int SEQUENCE_AT = 40;
  static final int TYPE_AT = 48;
  static final int CODEC_AT = 49;
  static final int CIPHER_AT = 50;
  static final int COMPATIBLE_FLAGS_AT = 52;
  static final int INCOMPATIBLE_FLAGS_AT = 56;
  static final int PREVIOUS_LENGTH_AT = 60;
  static final int METADATA_AT = 64;
  static final int PAYLOAD_AT = 76;
  static final int EVENT_COUNT_AT = 88;
  static final int DATA_BYTES_AT = 92;
  static final int FIRST_NANOS_AT = 96;
  static final int LAST_NANOS_AT = 104;
  static final int WATERMARK_NANOS_AT = 112;
  static final int LOST_EVENTS_AT = 120;
  static final int LOST_BYTES_AT = 128;
  static final int EVENTS_BEFORE_AT = 136;
  static final int DATA_BYTES_BEFORE_AT = 144;
  static final int ABSENT_BLOCKS_AT = 152;
  static final int HEADER_CRC_AT = 156;

  /** The frame length counts what follows it. */
  static final int FRAME_PREFIX_BYTES = 8;

  /** The bytes that resynchronisation looks for: magic and file id. */
  static final int MARKER_BYTES = 24;

  private RecordLayout() {}
}
