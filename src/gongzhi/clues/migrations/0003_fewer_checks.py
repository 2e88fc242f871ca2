import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.rowscope import rescoped_by


class Migration(migrations.Migration):
    """Who sees everything is not asked row by row, no index is kept beside one that begins like it, and a clue that
    moves on finds room for its row on the page where it stands."""

    dependencies = [
        ("clues", "0002_rowscope"),
        ("flow", "0005_journal_case"),
        ("org", "0002_rowscope"),
    ]

    operations = [
        rescoped_by("clues_operator", "clues_clue", "id", "operator_id"),
        rescoped_by("clues_photo", "clues_clue", "clue_id", "case_id"),
        rescoped_by("clues_likeness", "clues_clue", "clue_id", "case_id"),
        rescoped_by("clues_joining", "clues_operator", "operator_id"),
        rescoped_by("clues_objection", "clues_clue", "clue_id", "case_id"),
        rescoped_by("clues_alert", "clues_clue", "clue_id", "case_id"),
        rescoped_by("clues_assistance", "flow_case", "case_id"),
        rescoped_by("clues_revisit", "clues_clue", "clue_id", "case_id"),
        rescoped_by("clues_joint_clue", "clues_joint_operation", "operation_id"),
        migrations.RunSQL(
            "ALTER TABLE clues_clue SET (fillfactor = 80)", "ALTER TABLE clues_clue RESET (fillfactor)"
        ),
        migrations.AlterField(
            model_name="alert",
            name="clue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alerts",
                to="clues.clue",
            ),
        ),
        migrations.AlterField(
            model_name="joining",
            name="operator",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joinings",
                to="clues.operator",
            ),
        ),
        migrations.AlterField(
            model_name="jointclue",
            name="operation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clues",
                to="clues.jointoperation",
            ),
        ),
        migrations.AlterField(
            model_name="likeness",
            name="clue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="likenesses",
                to="clues.clue",
            ),
        ),
        migrations.AlterField(
            model_name="objection",
            name="clue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objections",
                to="clues.clue",
            ),
        ),
        migrations.AlterField(
            model_name="photo",
            name="clue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="photos",
                to="clues.clue",
            ),
        ),
        migrations.AlterField(
            model_name="revisit",
            name="clue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisits",
                to="clues.clue",
            ),
        ),
    ]
