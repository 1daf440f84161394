// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Serves captures as a web page to the person who started it, and to nobody else. */
@NullMarked
package dev.tapedeck.analyzer.web;

import org.jspecify.annotations.NullMarked;
