# SPDX-FileCopyrightText: The Tapedeck authors
# SPDX-License-Identifier: Apache-2.0
"""The recorder on other kernels: fetched, booted under emulation, compared byte for byte with what was sent there."""
