// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/services/ServiceText.h"
#include "ui/theme/Theme.h"

#include <QWidget>

class QHBoxLayout;

namespace pilothouse::ui {

/// What calls what, as a plain list of layers from left to right, each part a chip with its health.
class ServiceMap : public QWidget
{
    Q_OBJECT

public:
    explicit ServiceMap(const Theme& theme, QWidget* parent = nullptr);

    void setLayers(const std::vector<MapLayer>& layers);
    const std::vector<MapLayer>& layers() const { return m_layers; }

private:
    QWidget* makeLayer(const MapLayer& layer);

    const Theme& m_theme;
    std::vector<MapLayer> m_layers;
    QHBoxLayout* m_row;
};

} // namespace pilothouse::ui
