// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

/**
 * Layout of the events in the ring: byte offsets of {@code events.h} and {@code lifecycle.h}, which
 * hold the meaning of each field. A test compares them with the type information of the object.
 */
final class EventLayout {
  /** {@code EVENTS_VERSION}. */
  static final int VERSION = 1;

  /** {@code PART_BYTES_MAX}. */
  static final int PART_BYTES_MAX = 32_768;

  /** {@code HELLO_BYTES_MAX}. */
  static final int HELLO_BYTES_MAX = 256;

  /** {@code PATH_BYTES_MAX}. */
  static final int PATH_BYTES_MAX = 256;

  /** {@code COMM_BYTES}. */
  static final int COMM_BYTES = 16;

  /** {@code NAME_BYTES}. */
  static final int NAME_BYTES = 64;

  private EventLayout() {}

  /**
   * {@code struct event_header}.
   *
   * <pre>
   * offset size field                offset size field
   *      0    4 size                     32    4 tgid
   *      4    2 kind                     36    4 tid
   *      6    1 version                  40    4 cpu
   *      7    1 flags                    44    4 ring
   *      8    8 enter_ns                 48    8 sequence
   *     16    8 exit_ns
   *     24    8 process_start_ns
   * </pre>
   */
  static final class Header {
    static final int BYTES = 56;
    static final int SIZE = 0;
    static final int KIND = 4;
    static final int VERSION = 6;
    static final int FLAGS = 7;
    static final int ENTER_NS = 8;
    static final int EXIT_NS = 16;
    static final int PROCESS_START_NS = 24;
    static final int TGID = 32;
    static final int TID = 36;
    static final int CPU = 40;
    static final int RING = 44;
    static final int SEQUENCE = 48;

    private Header() {}
  }

  /** {@code struct stream_account}: 24 bytes. */
  static final class Account {
    static final int BYTES = 24;
    static final int NEXT_POSITION = 0;
    static final int LOST_BYTES = 8;
    static final int SKIPPED_BYTES = 16;

    private Account() {}
  }

  /** {@code struct data_event}: the header, then {@code struct stream_key}, then the part. */
  static final class Data {
    static final int BYTES = 144;
    static final int STREAM_ID = 56;
    static final int STREAM_GENERATION = 64;
    static final int STREAM_OWNER = 68;
    static final int STREAM_DIRECTION = 69;
    static final int POSITION = 72;
    static final int CALL_SEQUENCE = 88;
    static final int ASKED_BYTES = 96;
    static final int RETURNED_BYTES = 104;
    static final int LENGTH_BYTES = 120;
    static final int PART_INDEX = 128;
    static final int CALL = 136;
    static final int CAUSE = 140;

    /** {@code OWNER_TLS}. */
    static final int OWNER_TLS = 1;

    /** {@code OWNER_SOCKET}. */
    static final int OWNER_SOCKET = 2;

    /** {@code TRANSFER_CAP}. */
    static final int CAUSE_CAP = 2;

    /** {@code TRANSFER_SHED}. */
    static final int CAUSE_SHED = 4;

    private Data() {}
  }

  /** {@code struct cipher_event}: {@code struct stream_key} as in {@link Data}. */
  static final class Cipher {
    static final int BYTES = 104;
    static final int POSITION = 72;
    static final int LENGTH_BYTES = 80;
    static final int PREFIX_BYTES = 84;
    static final int PREFIX = 88;

    private Cipher() {}
  }

  /** {@code struct socket_event}. */
  static final class Socket {
    static final int BYTES = 128;
    static final int SOCKET = 56;
    static final int GENERATION = 64;
    static final int NETNS = 68;
    static final int FAMILY = 72;
    static final int LOCAL_PORT = 74;
    static final int REMOTE_PORT = 76;
    static final int ROLE = 78;
    static final int LOCAL_ADDRESS = 80;
    static final int REMOTE_ADDRESS = 96;
    static final int FD = 112;
    static final int PATH_BYTES = 122;

    private Socket() {}
  }

  /** {@code struct dup_event}. */
  static final class Dup {
    static final int BYTES = 80;
    static final int SOCKET = 56;
    static final int GENERATION = 64;
    static final int FD = 68;

    private Dup() {}
  }

  /** {@code struct close_event}. */
  static final class Close {
    static final int BYTES = 120;
    static final int SOCKET = 56;
    static final int GENERATION = 64;
    static final int CAUSE = 68;
    static final int EGRESS = 72;
    static final int INGRESS = 96;

    /** {@code CLOSE_ENDED}. */
    static final int CAUSE_ENDED = 2;

    private Close() {}
  }

  /** {@code struct tls_event}. */
  static final class Tls {
    static final int BYTES = 128;
    static final int SSL = 56;
    static final int GENERATION = 64;
    static final int EGRESS = 80;
    static final int INGRESS = 104;

    private Tls() {}
  }

  /** {@code struct tls_binding_event}. */
  static final class Binding {
    static final int BYTES = 88;
    static final int SSL = 56;
    static final int SOCKET = 64;
    static final int TLS_GENERATION = 72;
    static final int SOCKET_GENERATION = 76;
    static final int FD = 80;
    static final int CALL = 84;
    static final int METHOD = 86;
    static final int DIRECTIONS = 87;

    /** {@code BINDING_SET_FD}. */
    static final int METHOD_SET_FD = 1;

    /** {@code BINDING_NESTED}. */
    static final int METHOD_NESTED = 2;

    /** {@code BINDING_BIO}. */
    static final int METHOD_BIO = 3;

    private Binding() {}
  }

  /** {@code struct process_event}. */
  static final class ProcessLife {
    static final int BYTES = 104;
    static final int PARENT_START_NS = 56;
    static final int PARENT_TGID = 72;
    static final int EXIT_CODE = 80;
    static final int PATH_BYTES = 84;
    static final int COMM = 88;

    private ProcessLife() {}
  }

  /** {@code struct library_event}; what follows the header names the file. */
  static final class Library {
    static final int BYTES = 160;
    static final int INODE = 56;
    static final int PROCESS_START_NS = 64;
    static final int DEVICE = 72;
    static final int GENERATION = 76;
    static final int TGID = 80;
    static final int ADDRESS = 88;
    static final int NAME = 96;

    private Library() {}
  }

  /** {@code enum event_kind}. */
  static final class Kind {
    static final int PROCESS_EXEC = 1;
    static final int PROCESS_FORK = 2;
    static final int PROCESS_EXIT = 3;
    static final int LIBRARY = 4;
    static final int CONNECT = 5;
    static final int ACCEPT = 6;
    static final int EXISTING = 7;
    static final int DUP = 8;
    static final int CLOSE = 9;
    static final int DATA = 10;
    static final int TRANSFER = 11;
    static final int CIPHER_RECORD = 12;
    static final int TLS_NEW = 13;
    static final int TLS_HANDSHAKE = 14;
    static final int TLS_CLEAR = 15;
    static final int TLS_SHUTDOWN = 16;
    static final int TLS_FREE = 17;
    static final int TLS_BINDING = 18;

    private Kind() {}
  }

  /** {@code enum call}. */
  static final class Call {
    static final int SSL_READ = 1;
    static final int SSL_WRITE = 2;
    static final int SSL_READ_EX = 3;
    static final int SSL_WRITE_EX = 4;
    static final int SSL_WRITE_EX2 = 5;
    static final int SSL_PEEK = 6;
    static final int SSL_PEEK_EX = 7;
    static final int SSL_READ_EARLY_DATA = 8;
    static final int SSL_WRITE_EARLY_DATA = 9;
    static final int SSL_SENDFILE = 10;
    static final int SSL_SET_FD = 20;
    static final int SSL_SET_RFD = 21;
    static final int SSL_SET_WFD = 22;
    static final int READ = 64;
    static final int WRITE = 65;
    static final int READV = 66;
    static final int WRITEV = 67;
    static final int RECVFROM = 68;
    static final int SENDTO = 69;
    static final int RECVMSG = 70;
    static final int SENDMSG = 71;
    static final int RECVMMSG = 72;
    static final int SENDMMSG = 73;
    static final int SENDFILE = 74;
    static final int SPLICE = 75;

    private Call() {}
  }
}
