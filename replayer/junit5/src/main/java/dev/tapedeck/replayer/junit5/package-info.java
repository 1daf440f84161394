// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Recorded sessions as tests of JUnit 5 and 6: see {@link CaptureReplayTest}. */
@NullMarked
package dev.tapedeck.replayer.junit5;

import org.jspecify.annotations.NullMarked;
