// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** What is sent, when and in which order: selections and plans. */
@NullMarked
package dev.tapedeck.replayer.plan;

import org.jspecify.annotations.NullMarked;
