<?xml version="1.0" encoding="UTF-8"?>
<!--
  A CDA R2 document as a readable HTML fragment. What comes out is cleaned again before anybody sees it (render.py).

  Class names for the style sheet of the page:
    cda-document  the whole           cda-title     its heading          cda-facts     header facts (dl)
    cda-contents  table of contents   cda-section   one section          cda-level-1…6 its depth
    cda-heading   section heading     cda-text      a narrative block    cda-paragraph
    cda-caption   caption of a list or paragraph                         cda-list
    cda-table     narrative table     cda-number    right-aligned cell   cda-center
    cda-bold  cda-italic  cda-underline  cda-strike                      styled text
    cda-added  cda-removed            revisions                          cda-footnote
    cda-figure    an image            cda-absent    something not shown  cda-body      an unstructured body
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:h="urn:hl7-org:v3"
  xmlns:sdtc="urn:hl7-org:sdtc" exclude-result-prefixes="h sdtc">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>
  <xsl:strip-space elements="h:table h:thead h:tbody h:tfoot h:tr h:list h:component h:structuredBody h:section"/>

  <xsl:key name="media" match="h:observationMedia" use="@ID"/>
  <xsl:key name="shown" match="h:renderMultiMedia" use="@referencedObject"/>

  <xsl:template match="/h:ClinicalDocument">
    <div class="cda-document">
      <h2 class="cda-title"><xsl:call-template name="document-title"/></h2>
      <dl class="cda-facts"><xsl:call-template name="facts"/></dl>
      <xsl:if test="count(h:component/h:structuredBody/h:component/h:section) &gt; 1">
        <nav class="cda-contents" aria-label="Sections"><ol>
          <xsl:apply-templates select="h:component/h:structuredBody/h:component/h:section" mode="contents"/>
        </ol></nav>
      </xsl:if>
      <xsl:apply-templates select="h:component/h:structuredBody/h:component/h:section"/>
      <xsl:apply-templates select="h:component/h:nonXMLBody/h:text" mode="body"/>
    </div>
  </xsl:template>

  <xsl:template name="document-title">
    <xsl:choose>
      <xsl:when test="normalize-space(h:title)"><xsl:value-of select="h:title"/></xsl:when>
      <xsl:when test="h:code/@displayName"><xsl:value-of select="h:code/@displayName"/></xsl:when>
      <xsl:otherwise>Clinical document</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Header facts -->

  <xsl:template name="facts">
    <xsl:apply-templates select="h:recordTarget/h:patientRole" mode="fact"/>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Document date</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:effectiveTime" mode="time"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Document identifier</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:id" mode="id"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Version</xsl:with-param>
      <xsl:with-param name="value" select="h:versionNumber/@value"/>
    </xsl:call-template>
    <xsl:apply-templates select="h:componentOf/h:encompassingEncounter" mode="fact"/>
    <xsl:apply-templates select="h:author" mode="fact"/>
    <xsl:apply-templates select="h:legalAuthenticator | h:authenticator" mode="fact"/>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Custodian</xsl:with-param>
      <xsl:with-param name="value" select="h:custodian/h:assignedCustodian/h:representedCustodianOrganization/h:name"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="h:patientRole" mode="fact">
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Patient</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:patient/h:name[1]" mode="name"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Born</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:patient/h:birthTime" mode="time"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Sex</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:patient/h:administrativeGenderCode" mode="sex"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Patient identifiers</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:id[not(@nullFlavor)]" mode="id"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Died</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:patient/sdtc:deceasedTime" mode="time"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Address</xsl:with-param>
      <xsl:with-param name="value"><xsl:apply-templates select="h:addr[not(@nullFlavor)][1]" mode="parts"/></xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="h:encompassingEncounter" mode="fact">
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Encounter</xsl:with-param>
      <xsl:with-param name="value">
        <xsl:value-of select="h:code/@displayName"/><xsl:text> </xsl:text>
        <xsl:apply-templates select="h:effectiveTime" mode="time"/>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Location</xsl:with-param>
      <xsl:with-param name="value" select="h:location/h:healthCareFacility/h:location/h:name"/>
    </xsl:call-template>
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Responsible</xsl:with-param>
      <xsl:with-param name="value">
        <xsl:apply-templates select="h:responsibleParty/h:assignedEntity/h:assignedPerson/h:name[1]" mode="name"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="h:author" mode="fact">
    <xsl:call-template name="fact">
      <xsl:with-param name="name">Author</xsl:with-param>
      <xsl:with-param name="value">
        <xsl:apply-templates select="h:assignedAuthor/h:assignedPerson/h:name[1]" mode="name"/>
        <xsl:if test="not(h:assignedAuthor/h:assignedPerson)">
          <xsl:value-of select="h:assignedAuthor/h:assignedAuthoringDevice/h:softwareName"/>
          <xsl:text> </xsl:text><xsl:value-of select="h:assignedAuthor/h:representedOrganization/h:name"/>
        </xsl:if>
        <xsl:text> </xsl:text><xsl:apply-templates select="h:time" mode="time"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="h:legalAuthenticator | h:authenticator" mode="fact">
    <xsl:call-template name="fact">
      <xsl:with-param name="name">
        <xsl:choose>
          <xsl:when test="h:signatureCode/@code = 'S' and self::h:legalAuthenticator">Signed (legal authenticator)</xsl:when>
          <xsl:when test="h:signatureCode/@code = 'S'">Signed</xsl:when>
          <xsl:otherwise>To be signed by</xsl:otherwise>
        </xsl:choose>
      </xsl:with-param>
      <xsl:with-param name="value">
        <xsl:apply-templates select="h:assignedEntity/h:assignedPerson/h:name[1]" mode="name"/>
        <xsl:text> </xsl:text><xsl:apply-templates select="h:time" mode="time"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template name="fact">
    <xsl:param name="name"/>
    <xsl:param name="value"/>
    <xsl:if test="normalize-space($value)">
      <dt><xsl:value-of select="$name"/></dt>
      <dd><xsl:value-of select="normalize-space($value)"/></dd>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="name">
    <xsl:choose>
      <xsl:when test="h:given or h:family">
        <xsl:for-each select="h:prefix | h:given | h:family | h:suffix">
          <xsl:value-of select="normalize-space(.)"/><xsl:text> </xsl:text>
        </xsl:for-each>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="*" mode="parts">
    <xsl:for-each select="*[normalize-space()]">
      <xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="normalize-space(.)"/>
    </xsl:for-each>
    <xsl:if test="not(*)"><xsl:value-of select="."/></xsl:if>
  </xsl:template>

  <xsl:template match="h:id" mode="id">
    <xsl:if test="position() &gt; 1">; </xsl:if>
    <xsl:choose>
      <xsl:when test="@extension"><xsl:value-of select="concat(@extension, ' (', @root, ')')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@root"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="*" mode="sex">
    <xsl:choose>
      <xsl:when test="@code = 'M'">Male</xsl:when>
      <xsl:when test="@code = 'F'">Female</xsl:when>
      <xsl:when test="@displayName"><xsl:value-of select="@displayName"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@code"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="*" mode="time">
    <xsl:choose>
      <xsl:when test="@value"><xsl:call-template name="moment"><xsl:with-param name="t" select="@value"/></xsl:call-template></xsl:when>
      <xsl:when test="h:low/@value or h:high/@value">
        <xsl:if test="not(h:high/@value)">from </xsl:if>
        <xsl:call-template name="moment"><xsl:with-param name="t" select="h:low/@value"/></xsl:call-template>
        <xsl:if test="h:high/@value"> to </xsl:if>
        <xsl:call-template name="moment"><xsl:with-param name="t" select="h:high/@value"/></xsl:call-template>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="moment">
    <xsl:param name="t"/>
    <xsl:variable name="z" select="translate($t, '-', '+')"/>
    <xsl:variable name="d" select="substring-before(concat($z, '+'), '+')"/>
    <xsl:value-of select="substring($d, 1, 4)"/>
    <xsl:if test="string-length($d) &gt;= 6"><xsl:value-of select="concat('-', substring($d, 5, 2))"/></xsl:if>
    <xsl:if test="string-length($d) &gt;= 8"><xsl:value-of select="concat('-', substring($d, 7, 2))"/></xsl:if>
    <xsl:if test="string-length($d) &gt;= 12">
      <xsl:value-of select="concat(' ', substring($d, 9, 2), ':', substring($d, 11, 2))"/>
      <xsl:if test="contains($z, '+')">
        <xsl:value-of select="concat(' ', substring($t, string-length($d) + 1, 1), substring-after($z, '+'))"/>
      </xsl:if>
    </xsl:if>
  </xsl:template>

  <!-- Sections -->

  <xsl:template match="h:section" mode="contents">
    <li><a href="#cda-s-{generate-id()}"><xsl:call-template name="section-title"/></a>
      <xsl:if test="h:component/h:section">
        <ol><xsl:apply-templates select="h:component/h:section" mode="contents"/></ol>
      </xsl:if>
    </li>
  </xsl:template>

  <xsl:template name="section-title">
    <xsl:choose>
      <xsl:when test="normalize-space(h:title)"><xsl:value-of select="h:title"/></xsl:when>
      <xsl:when test="h:code/@displayName"><xsl:value-of select="h:code/@displayName"/></xsl:when>
      <xsl:otherwise>Untitled section</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="h:section">
    <xsl:param name="level" select="1"/>
    <section class="cda-section cda-level-{$level}" id="cda-s-{generate-id()}">
      <xsl:choose>
        <xsl:when test="$level = 1"><h3 class="cda-heading"><xsl:call-template name="section-title"/></h3></xsl:when>
        <xsl:when test="$level = 2"><h4 class="cda-heading"><xsl:call-template name="section-title"/></h4></xsl:when>
        <xsl:when test="$level = 3"><h5 class="cda-heading"><xsl:call-template name="section-title"/></h5></xsl:when>
        <xsl:otherwise><h6 class="cda-heading"><xsl:call-template name="section-title"/></h6></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="h:text"><div class="cda-text"><xsl:apply-templates select="h:text/node()"/></div></xsl:if>
      <xsl:apply-templates select="h:component/h:section">
        <xsl:with-param name="level">
          <xsl:choose><xsl:when test="$level &lt; 6"><xsl:value-of select="$level + 1"/></xsl:when><xsl:otherwise>6</xsl:otherwise></xsl:choose>
        </xsl:with-param>
      </xsl:apply-templates>
    </section>
  </xsl:template>

  <xsl:template match="h:text" mode="body">
    <div class="cda-body">
      <xsl:choose>
        <xsl:when test="@representation = 'B64'">
          <p class="cda-absent">The body of this document is an attached file (<xsl:value-of select="@mediaType"/>).</p>
        </xsl:when>
        <xsl:when test="h:reference">
          <p class="cda-absent">The body of this document is a file that the sender keeps elsewhere.</p>
        </xsl:when>
        <xsl:otherwise><pre><xsl:value-of select="."/></pre></xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

  <!-- The narrative block (CDA R2 §4.3.5). What it does not define is shown as its text. -->

  <xsl:template name="style">
    <xsl:param name="base"/>
    <xsl:variable name="s" select="translate(concat(' ', @styleCode, ' ', @revised, ' '), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"/>
    <xsl:variable name="names">
      <xsl:value-of select="$base"/>
      <xsl:if test="contains($s, 'bold')"> cda-bold</xsl:if>
      <xsl:if test="contains($s, 'ital') or contains($s, 'emphasis')"> cda-italic</xsl:if>
      <xsl:if test="contains($s, 'underline')"> cda-underline</xsl:if>
      <xsl:if test="contains($s, 'strike')"> cda-strike</xsl:if>
      <xsl:if test="contains($s, ' insert ')"> cda-added</xsl:if>
      <xsl:if test="contains($s, ' delete ')"> cda-removed</xsl:if>
      <xsl:if test="@align = 'right'"> cda-number</xsl:if>
      <xsl:if test="@align = 'center'"> cda-center</xsl:if>
    </xsl:variable>
    <xsl:if test="normalize-space($names)">
      <xsl:attribute name="class"><xsl:value-of select="normalize-space($names)"/></xsl:attribute>
    </xsl:if>
    <xsl:if test="@ID"><xsl:attribute name="id"><xsl:value-of select="concat('cda-n-', @ID)"/></xsl:attribute></xsl:if>
  </xsl:template>

  <xsl:template match="h:paragraph">
    <div><xsl:call-template name="style"><xsl:with-param name="base">cda-paragraph</xsl:with-param></xsl:call-template>
      <xsl:apply-templates/>
    </div>
  </xsl:template>

  <xsl:template match="h:content">
    <span><xsl:call-template name="style"/><xsl:apply-templates/></span>
  </xsl:template>

  <xsl:template match="h:caption"><span class="cda-caption"><xsl:apply-templates/></span></xsl:template>
  <xsl:template match="h:br"><br/></xsl:template>
  <xsl:template match="h:sub"><sub><xsl:apply-templates/></sub></xsl:template>
  <xsl:template match="h:sup"><sup><xsl:apply-templates/></sup></xsl:template>

  <xsl:template match="h:list">
    <xsl:apply-templates select="h:caption"/>
    <xsl:choose>
      <xsl:when test="@listType = 'ordered'">
        <ol><xsl:call-template name="style"><xsl:with-param name="base">cda-list</xsl:with-param></xsl:call-template><xsl:apply-templates select="h:item"/></ol>
      </xsl:when>
      <xsl:otherwise>
        <ul><xsl:call-template name="style"><xsl:with-param name="base">cda-list</xsl:with-param></xsl:call-template><xsl:apply-templates select="h:item"/></ul>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="h:item"><li><xsl:call-template name="style"/><xsl:apply-templates/></li></xsl:template>

  <xsl:template match="h:table">
    <table><xsl:call-template name="style"><xsl:with-param name="base">cda-table</xsl:with-param></xsl:call-template>
      <xsl:for-each select="h:caption[1]"><caption><xsl:apply-templates/></caption></xsl:for-each>
      <xsl:apply-templates select="h:thead | h:tbody | h:tfoot | h:tr"/>
    </table>
  </xsl:template>

  <xsl:template match="h:thead"><thead><xsl:apply-templates select="h:tr"/></thead></xsl:template>
  <xsl:template match="h:tbody"><tbody><xsl:apply-templates select="h:tr"/></tbody></xsl:template>
  <xsl:template match="h:tfoot"><tfoot><xsl:apply-templates select="h:tr"/></tfoot></xsl:template>
  <xsl:template match="h:tr"><tr><xsl:call-template name="style"/><xsl:apply-templates select="h:th | h:td"/></tr></xsl:template>
  <xsl:template match="h:th"><th><xsl:call-template name="cell"/></th></xsl:template>
  <xsl:template match="h:td"><td><xsl:call-template name="cell"/></td></xsl:template>

  <xsl:template name="cell">
    <xsl:call-template name="style"/>
    <xsl:if test="@colspan &gt; 1 and @colspan &lt; 100"><xsl:attribute name="colspan"><xsl:value-of select="floor(@colspan)"/></xsl:attribute></xsl:if>
    <xsl:if test="@rowspan &gt; 1 and @rowspan &lt; 1000"><xsl:attribute name="rowspan"><xsl:value-of select="floor(@rowspan)"/></xsl:attribute></xsl:if>
    <xsl:apply-templates/>
  </xsl:template>

  <!-- A link leads only to another place in the same document; where it leads outside, its words stay. -->
  <xsl:template match="h:linkHtml">
    <xsl:choose>
      <xsl:when test="starts-with(@href, '#')"><a href="#cda-n-{substring(@href, 2)}"><xsl:apply-templates/></a></xsl:when>
      <xsl:otherwise><xsl:apply-templates/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="h:footnote">
    <span class="cda-footnote"><xsl:if test="@ID"><xsl:attribute name="id"><xsl:value-of select="concat('cda-n-', @ID)"/></xsl:attribute></xsl:if>
      <xsl:text>[</xsl:text><xsl:apply-templates/><xsl:text>]</xsl:text></span>
  </xsl:template>

  <xsl:template match="h:footnoteRef"><sup><a href="#cda-n-{@IDREF}">note</a></sup></xsl:template>

  <!-- Only the first mention carries the bytes, so that many mentions can't swell the page. -->
  <xsl:template match="h:renderMultiMedia">
    <xsl:variable name="value" select="key('media', @referencedObject)[1]/h:value"/>
    <xsl:variable name="type" select="translate($value/@mediaType, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"/>
    <figure class="cda-figure">
      <xsl:choose>
        <xsl:when test="generate-id() != generate-id(key('shown', @referencedObject)[1])">
          <span class="cda-absent">[The image is shown above.]</span>
        </xsl:when>
        <xsl:when test="$value/@representation = 'B64' and ($type = 'image/png' or $type = 'image/jpeg')">
          <img alt="{normalize-space(h:caption)}" src="data:{$type};base64,{translate($value, ' &#9;&#10;&#13;', '')}"/>
        </xsl:when>
        <xsl:otherwise><span class="cda-absent">[An image that is not part of the document is not shown.]</span></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="h:caption"><figcaption><xsl:apply-templates select="h:caption/node()"/></figcaption></xsl:if>
    </figure>
  </xsl:template>

  <xsl:template match="*"><xsl:apply-templates/></xsl:template>
</xsl:stylesheet>
