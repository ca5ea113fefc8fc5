"""The page types; the placeholder front page makes room for one that shares a table with them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import home.fields


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_initial"),
        ("files", "0002_initial"),
        ("home", "0002_navigation"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [
        migrations.DeleteModel(name="HomePage"),
        migrations.CreateModel(
            name="SitePage",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences for lists, search results and shared links. Always public.",
                        max_length=300,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("inherit", "The same as the section it stands in"),
                            ("everyone", "Everyone"),
                            ("members", "Members: everyone who is signed in"),
                            ("plans", "Customers whose plan has a feature"),
                        ],
                        default="inherit",
                        help_text="Applies to the pages below this one too, unless they choose for themselves.",
                        max_length=10,
                        verbose_name="who can read this page",
                    ),
                ),
                (
                    "audience_feature",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only for “customers whose plan has a feature”.",
                        limit_choices_to={"kind__in": ["switch", "limit"]},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.feature",
                        verbose_name="feature their plan must have",
                    ),
                ),
                (
                    "social_image",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown when somebody shares this page. Best 1200 by 630 pixels. Always public.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.customimage",
                    ),
                ),
            ],
            options={
                "verbose_name": "page",
            },
            bases=("wagtailcore.page",),
        ),
        migrations.CreateModel(
            name="ArticleIndexPage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                ("introduction", models.TextField(blank=True, max_length=400)),
            ],
            options={
                "verbose_name": "article section",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="HelpIndexPage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                ("introduction", models.TextField(blank=True, max_length=400)),
            ],
            options={
                "verbose_name": "help index",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="HelpPage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                (
                    "written_for",
                    models.CharField(
                        choices=[("customer", "Customers"), ("editor", "Editors"), ("admin", "Admins")],
                        default="customer",
                        help_text="Which part of the help index lists this page. Everyone can still read it.",
                        max_length=10,
                    ),
                ),
                ("body", home.fields.StreamField(blank=True)),
            ],
            options={
                "verbose_name": "help page",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="HomePage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                ("body", home.fields.StreamField(blank=True)),
            ],
            options={
                "verbose_name": "front page",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="PricingPage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                (
                    "introduction",
                    models.TextField(blank=True, help_text="Stands above the plans.", max_length=400),
                ),
                ("body", home.fields.StreamField(blank=True, help_text="Stands below the plans.")),
                ("questions", home.fields.StreamField(blank=True)),
            ],
            options={
                "verbose_name": "pricing page",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="StandardPage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                ("body", home.fields.StreamField(blank=True)),
            ],
            options={
                "verbose_name": "standard page",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="Author",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("role", models.CharField(blank=True, max_length=80)),
                (
                    "photo",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.customimage",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="AboutPage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                ("body", home.fields.StreamField(blank=True)),
                ("people", home.fields.StreamField(blank=True)),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.customimage",
                    ),
                ),
            ],
            options={
                "verbose_name": "about page",
            },
            bases=("home.sitepage",),
        ),
        migrations.CreateModel(
            name="ArticlePage",
            fields=[
                (
                    "sitepage_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="home.sitepage",
                    ),
                ),
                (
                    "date",
                    models.DateField(
                        default=django.utils.timezone.localdate,
                        help_text="The day readers see. It does not schedule anything.",
                    ),
                ),
                ("body", home.fields.StreamField(blank=True)),
                ("reading_minutes", models.PositiveSmallIntegerField(default=1, editable=False)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="articles",
                        to="home.author",
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown above the article and in lists. Always public.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="files.customimage",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
            },
            bases=("home.sitepage",),
        ),
    ]
