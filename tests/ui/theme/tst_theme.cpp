// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/theme/ColorScience.h"
#include "ui/theme/Fonts.h"
#include "ui/theme/Theme.h"

#include <QFontDatabase>
#include <QFontInfo>
#include <QSignalSpy>

using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr double kText = 4.5;
constexpr double kMark = 3.0;
constexpr double kApart = 12.0;

std::vector<Color> severityMarks()
{
    std::vector<Color> marks;
    for (int at = 0; at < kSeverityCount; ++at) {
        marks.push_back(lookOf(static_cast<Severity>(at)).mark);
    }
    return marks;
}

std::vector<Color> seriesColors()
{
    return {
        Color::Series1,
        Color::Series2,
        Color::Series3,
        Color::Series4,
        Color::Series5,
        Color::Series6,
        Color::Series7,
        Color::Series8};
}

} // namespace

class ThemeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrastIsEnough_data() { modes(); }
    void contrastIsEnough()
    {
        QFETCH(ThemeMode, mode);
        m_theme.setMode(mode);
        const std::vector<Color> grounds{
            Color::Canvas, Color::Surface, Color::Raised, Color::Sunken};
        const std::vector<Color> cards{Color::Canvas, Color::Surface, Color::Raised};
        for (const Color ground : grounds) {
            need(Color::TextPrimary, ground, kText);
            need(Color::TextSecondary, ground, kText);
            need(Color::Link, ground, kText);
        }
        need(Color::TextPrimary, Color::Selection, kText);
        need(Color::TextPrimary, Color::Hover, kText);
        need(Color::OnAccent, Color::Accent, kText);
        need(Color::OnAccent, Color::AccentHover, kText);
        need(Color::OnDanger, Color::Danger, kText);
        for (const Color ground : cards) {
            need(Color::BorderStrong, ground, kMark);
            need(Color::Focus, ground, kMark);
        }
        need(Color::Accent, Color::Canvas, kMark);
        need(Color::Accent, Color::Surface, kMark);
        need(Color::TextDisabled, Color::Surface, kMark - 0.05);
        for (const auto& [text, fill] :
             {std::pair{Color::OnEnvProd, Color::EnvProd},
              {Color::OnEnvStaging, Color::EnvStaging},
              {Color::OnEnvDev, Color::EnvDev},
              {Color::OnEnvTest, Color::EnvTest},
              {Color::OnEnvLocal, Color::EnvLocal}}) {
            need(text, fill, kText);
        }
        for (int at = 0; at < kSeverityCount; ++at) {
            const SeverityLook look = lookOf(static_cast<Severity>(at));
            for (const Color ground : cards) {
                need(look.mark, ground, kMark);
            }
            need(look.text, look.fill, kText);
            need(look.text, Color::Surface, kText);
            need(look.text, Color::Raised, kText);
        }
        for (const Color series : seriesColors()) {
            need(series, Color::Surface, kMark);
        }
    }

    void coloursStayApartForEveryEye_data() { modes(); }
    void coloursStayApartForEveryEye()
    {
        QFETCH(ThemeMode, mode);
        m_theme.setMode(mode);
        apart(severityMarks());
        apart(seriesColors());
        apart({Color::SlotBlue, Color::SlotGreen});
    }

    void everySeverityHasAShapeAndAWordOfItsOwn()
    {
        QSet<QString> icons;
        QSet<QString> words;
        for (int at = 0; at < kSeverityCount; ++at) {
            const SeverityLook look = lookOf(static_cast<Severity>(at));
            icons.insert(look.icon);
            words.insert(look.word);
            QVERIFY(!m_theme.pixmap(look.icon, look.mark, 16).isNull());
        }
        QCOMPARE(icons.size(), kSeverityCount);
        QCOMPARE(words.size(), kSeverityCount);
    }

    void figuresAreTabular()
    {
        for (const TypeRole role :
             {TypeRole::Kpi, TypeRole::Body, TypeRole::Label, TypeRole::BodyStrong}) {
            const QFontMetricsF metrics(m_theme.font(role));
            const double width = metrics.horizontalAdvance(QLatin1Char('0'));
            for (char digit = '1'; digit <= '9'; ++digit) {
                // Hinting rounds each glyph by itself; a proportional 1 would be narrower by far.
                QVERIFY(std::abs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) < 0.1);
            }
            QCOMPARE(QFontInfo(m_theme.font(role)).family(), kSansFamily);
        }
        QVERIFY(QFontInfo(m_theme.font(TypeRole::Mono)).fixedPitch());
    }

    void textScaleIsHeldAndReachesTheApplication()
    {
        m_theme.applyTo(GuardedApplication::instance());
        QSignalSpy changed(&m_theme, &Theme::changed);
        m_theme.setTextScale(400);
        QCOMPARE(m_theme.textScale(), 150);
        QCOMPARE(QApplication::font().pixelSize(), m_theme.px(13));
        m_theme.setTextScale(150);
        QCOMPARE(changed.count(), 1);
        m_theme.setTextScale(10);
        QCOMPARE(m_theme.textScale(), 90);
        m_theme.setTextScale(100);
    }

    void switchingTheModeIsQuick()
    {
        m_theme.applyTo(GuardedApplication::instance());
        const StallGuard guard;
        QMetaObject::invokeMethod(
            &m_theme,
            [this] { m_theme.setMode(m_theme.isDark() ? ThemeMode::Light : ThemeMode::Dark); },
            Qt::QueuedConnection);
        QCoreApplication::processEvents();
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
        QCOMPARE(QApplication::palette().color(QPalette::Window), m_theme.color(Color::Canvas));
    }

private:
    void modes()
    {
        QTest::addColumn<ThemeMode>("mode");
        for (int at = 0; at < kThemeModeCount; ++at) {
            const auto mode = static_cast<ThemeMode>(at);
            QTest::newRow(qPrintable(themeModeName(mode))) << mode;
        }
    }
    void need(Color text, Color ground, double least)
    {
        const double found = contrast(m_theme.color(text), m_theme.color(ground));
        QVERIFY2(
            found >= least,
            qPrintable(QStringLiteral("%1 on %2: %3 < %4")
                           .arg(colorName(text), colorName(ground))
                           .arg(found)
                           .arg(least)));
    }
    void apart(const std::vector<Color>& colors)
    {
        for (std::size_t one = 0; one < colors.size(); ++one) {
            for (std::size_t two = one + 1; two < colors.size(); ++two) {
                for (const Vision vision :
                     {Vision::Normal, Vision::Protan, Vision::Deutan, Vision::Tritan}) {
                    const double found =
                        difference(m_theme.color(colors[one]), m_theme.color(colors[two]), vision);
                    QVERIFY2(
                        found >= kApart,
                        qPrintable(QStringLiteral("%1 and %2, vision %3: %4")
                                       .arg(colorName(colors[one]), colorName(colors[two]))
                                       .arg(static_cast<int>(vision))
                                       .arg(found)));
                }
            }
        }
    }

    Theme m_theme;
};

PILOTHOUSE_UI_TEST_MAIN(ThemeTest)
#include "tst_theme.moc"
