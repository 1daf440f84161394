// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

/**
 * One thing the kernel, or the recorder, told us.
 *
 * <p>The families are the file's event registry ({@code docs/FORMAT.md}); kinds of later versions
 * read as {@link UnknownEvent}.
 *
 * <p><b>Threads:</b> all events are immutable.
 */
public sealed interface CaptureEvent
    permits ProcessEvent,
        SocketEvent,
        StreamEvent,
        TlsEvent,
        LibraryEvent,
        LossEvent,
        ClockEvent,
        BlindSpotEvent,
        UnknownEvent {

  /** Returns who did it and when. */
  EventStamp stamp();
}
