#!/usr/bin/env python3
"""Writes the templates of this folder's parent, each as .docx and .odt.

    python3 make.py [FOLDER]
"""
import os
import sys

sys.dont_write_bytecode = True

import docx  # noqa: E402
import letter  # noqa: E402
import odt  # noqa: E402
import report  # noqa: E402
import summary  # noqa: E402

DOCUMENTS = {'部门整体支出绩效自评报告': report, '告知函': letter, '乡镇绩效自评汇总报告': summary}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(here)
    for name, module in DOCUMENTS.items():
        for writer in (docx, odt):
            path = os.path.join(folder, '%s.%s' % (name, writer.__name__))
            writer.save(module.document(), path)


if __name__ == '__main__':
    main()
