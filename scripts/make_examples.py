"""Make examples/submission.docx and examples/submissions.xlsx from the texts beside them.

`python scripts/make_examples.py` writes both; with `--check` it writes nothing and ends
with status 1 if one of them is not what would be written. The bytes depend on the versions
of python-docx and openpyxl, on nothing else: no clock, no user name.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import sys
import zipfile
from pathlib import Path

import docx
import openpyxl
from docx.oxml import parse_xml
from openpyxl.styles import Alignment, Font

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

# Any fixed moment will do; Word shows it as the date of the document.
_MOMENT = datetime.datetime(2025, 1, 6, 9, 0)
_COLUMN_WIDTHS = (14, 30, 40, 60, 80, 26)

# As Word writes a text box: for itself, and again for programs older than 2010.
_TEXT_BOX = """
<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
     xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
     xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
     xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
     xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
     xmlns:v="urn:schemas-microsoft-com:vml">
  <mc:AlternateContent>
    <mc:Choice Requires="wps">
      <w:drawing>
        <wp:inline distT="0" distB="0" distL="0" distR="0">
          <wp:extent cx="2520000" cy="720000"/>
          <wp:docPr id="1" name="Text box 1"/>
          <a:graphic>
            <a:graphicData
                uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
              <wps:wsp>
                <wps:cNvSpPr txBox="1"/>
                <wps:spPr>
                  <a:xfrm><a:off x="0" y="0"/><a:ext cx="2520000" cy="720000"/></a:xfrm>
                  <a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
                  <a:ln><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>
                </wps:spPr>
                <wps:txbx>
                  <w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>
                </wps:txbx>
                <wps:bodyPr/>
              </wps:wsp>
            </a:graphicData>
          </a:graphic>
        </wp:inline>
      </w:drawing>
    </mc:Choice>
    <mc:Fallback>
      <w:pict>
        <v:rect style="width:198pt;height:57pt">
          <v:textbox>
            <w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>
          </v:textbox>
        </v:rect>
      </w:pict>
    </mc:Fallback>
  </mc:AlternateContent>
</w:r>
"""


def submission_docx() -> bytes:
    """Return the entry form: header, title, a table with the summary, the statement."""
    text = (EXAMPLES / "submission.txt").read_text(encoding="utf-8")
    title, summary, *statement = text.strip().split("\n\n")
    document = docx.Document()
    document.core_properties.author = "Wrayburn Borough Council"
    document.core_properties.created = document.core_properties.modified = _MOMENT
    document.sections[0].header.paragraphs[0].text = "Wrayburn Borough Council: entry form"
    document.add_heading(title, level=1)
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    table.cell(0, 0).text = "Summary (100 words)"
    table.cell(0, 1).text = summary
    for paragraph in statement:
        document.add_paragraph(paragraph)
    box = document.add_paragraph()
    box._p.append(parse_xml(_TEXT_BOX.format(text="42 people, 37 still in their own home")))
    stream = io.BytesIO()
    document.save(stream)
    return _without_clock(stream.getvalue())


def submissions_xlsx() -> bytes:
    """Return the export of the awards platform as a workbook of one sheet."""
    with (EXAMPLES / "submissions.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("Submissions", 0)
    del workbook["Sheet"]
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip(sheet.columns, _COLUMN_WIDTHS, strict=True):
        sheet.column_dimensions[str(column[0].column_letter)].width = width
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    workbook.properties.creator = "Wrayburn Awards Platform"
    workbook.properties.created = _MOMENT
    saved = io.BytesIO()
    workbook.save(saved)
    # openpyxl dates a workbook when it saves it, whatever the property said.
    assert workbook.properties.modified is not None
    now = workbook.properties.modified.strftime("%Y-%m-%dT%H:%M:%SZ")
    return _without_clock(saved.getvalue(), now)


def _without_clock(package: bytes, now: str = "") -> bytes:
    """Return a package with the fixed moment for every time stamp, and for the text `now`."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as saved,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in saved.namelist():
            content = saved.read(name)
            if now and name == "docProps/core.xml":
                content = content.replace(now.encode(), f"{_MOMENT.isoformat()}Z".encode())
            member = zipfile.ZipInfo(name, _MOMENT.timetuple()[:6])
            member.create_system = 3  # else the byte tells the platform it was made on
            member.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(member, content)
    return out.getvalue()


def main() -> int:
    """Write the examples or check them; return the exit status."""
    parser = argparse.ArgumentParser(description="Make examples/*.docx and *.xlsx.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    check = parser.parse_args().check
    stale = 0
    for name, content in (
        ("submission.docx", submission_docx()),
        ("submissions.xlsx", submissions_xlsx()),
    ):
        path = EXAMPLES / name
        if path.exists() and path.read_bytes() == content:
            print(f"{name}: current")
        elif check:
            print(f"{name}: not current; run python scripts/make_examples.py")
            stale += 1
        else:
            path.write_bytes(content)
            print(f"{name}: written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
