// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Certificates that live as long as the process, for servers that stand in for others. */
@NullMarked
package dev.tapedeck.replayer.certificate;

import org.jspecify.annotations.NullMarked;
