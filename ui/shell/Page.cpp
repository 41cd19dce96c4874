// SPDX-License-Identifier: GPL-3.0-or-later
// Anchors the virtual table and the meta object of Page.
#include "ui/shell/Page.h"
